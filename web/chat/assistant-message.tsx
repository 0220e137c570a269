import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Answer, answerOf, type AssistantTurn } from "../data/conversation.js";
import { findConversation, setTurns } from "../data/conversations.js";
import { copyText } from "../markdown/copy-text.js";
import { Markdown } from "../markdown/markdown.js";
import { IconButton } from "../ui/icon-button.js";
import { answerAgain } from "./answering.js";
import { Reasoning } from "./reasoning.js";
import { TokenView } from "./token-view.js";
import { ToolCalls } from "./tool-calls.js";

interface AssistantMessageProps {
  readonly conversation: string;
  readonly turn: AssistantTurn;
  /** Whether nothing comes after it. */
  readonly last: boolean;
  readonly busy: boolean;
}

/** An answer, with what was thought and called, and what can be done with it. */
export function AssistantMessage({ conversation, turn, last, busy }: AssistantMessageProps): JSX.Element | null {
  const [odds, showOdds] = useState(false);
  const answer = answerOf(turn);
  if (answer === undefined) return null;
  const writing = answer.finish === undefined;
  return (
    <article class="turn assistant" aria-label={answer.model} aria-busy={writing}>
      <p class="who">{answer.model}</p>
      <div class="said">
        <Reasoning text={answer.reasoning} writing={writing && answer.text === ""} />
        {odds && answer.probabilities.length > 0 ? (
          <TokenView tokens={answer.probabilities} />
        ) : (
          <Markdown text={answer.text} />
        )}
        <ToolCalls conversation={conversation} calls={answer.toolCalls} open={last && !busy} />
        {writing ? <p class="caret" aria-hidden="true" /> : null}
        {answer.error === undefined ? null : (
          <p class="failure" role="alert">
            {answer.error}
          </p>
        )}
        <div class="tools">
          <Versions conversation={conversation} turn={turn} disabled={busy} />
          <IconButton icon="copy" label="Copy answer" onClick={() => void copyText(answer.text)} />
          <IconButton
            icon="retry"
            label="Answer again"
            disabled={busy}
            onClick={() => answerAgain(conversation, turn.id)}
          />
          {answer.probabilities.length === 0 ? null : (
            <IconButton icon="odds" label="Token probabilities" pressed={odds} onClick={() => showOdds(!odds)} />
          )}
          <Stats answer={answer} />
        </div>
      </div>
    </article>
  );
}

interface VersionsProps {
  readonly conversation: string;
  readonly turn: AssistantTurn;
  readonly disabled: boolean;
}

/** Goes from one answer to another of the same turn. */
function Versions({ conversation, turn, disabled }: VersionsProps): JSX.Element | null {
  const { answers, current } = turn;
  if (answers.length < 2) return null;
  const show = (which: number): void => {
    const turns = findConversation(conversation)?.turns ?? [];
    setTurns(
      conversation,
      turns.map((one) => (one.id === turn.id ? { ...turn, current: which } : one)),
    );
  };
  return (
    <span class="versions">
      <IconButton
        icon="left"
        label="Earlier answer"
        disabled={disabled || current === 0}
        onClick={() => show(current - 1)}
      />
      <span>
        {current + 1}/{answers.length}
      </span>
      <IconButton
        icon="right"
        label="Later answer"
        disabled={disabled || current === answers.length - 1}
        onClick={() => show(current + 1)}
      />
    </span>
  );
}

function Stats({ answer: { stats, finish } }: { readonly answer: Answer }): JSX.Element {
  const notes = [];
  if (stats !== undefined) {
    const { tokens, firstTokenMs, totalMs, promptTokens, cachedTokens } = stats;
    notes.push(`${tokens} tokens`);
    if (tokens > 1 && totalMs > firstTokenMs)
      notes.push(`${(((tokens - 1) * 1000) / (totalMs - firstTokenMs)).toFixed(1)}/s`);
    notes.push(`first after ${(firstTokenMs / 1000).toFixed(2)} s`);
    notes.push(`prompt ${promptTokens}${cachedTokens > 0 ? `, ${cachedTokens} cached` : ""}`);
  }
  if (finish === "length") notes.push("cut off at the longest answer");
  if (finish === "stopped") notes.push("stopped");
  return <span class="stats">{notes.join(" · ")}</span>;
}
