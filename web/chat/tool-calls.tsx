import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ToolCall } from "../data/conversation.js";
import { giveResults } from "./answering.js";

interface ToolCallsProps {
  readonly conversation: string;
  readonly calls: readonly ToolCall[];
  /** Whether results are still to come. */
  readonly open: boolean;
}

/** The tools that the model wants to be called, folded; the user says what they give back. */
export function ToolCalls({ conversation, calls, open }: ToolCallsProps): JSX.Element | null {
  const [results, change] = useState<Readonly<Record<string, string>>>({});
  if (calls.length === 0) return null;
  const send = (event: Event): void => {
    event.preventDefault();
    giveResults(
      conversation,
      calls.map(({ id, name }) => ({ callId: id, name, text: results[id] ?? "" })),
    );
  };
  return (
    <form class="calls" onSubmit={send}>
      {calls.map((call) => (
        <details class="fold" key={call.id}>
          <summary>
            Calls <code>{call.name}</code>
          </summary>
          <pre tabIndex={0}>{indent(call.arguments)}</pre>
        </details>
      ))}
      {open
        ? calls.map(({ id, name }) => (
            <label class="field" key={id}>
              <span>
                What <code>{name}</code> gives back
              </span>
              <textarea
                rows={2}
                value={results[id] ?? ""}
                onInput={(event) => change({ ...results, [id]: event.currentTarget.value })}
              />
            </label>
          ))
        : null}
      {open ? (
        <div class="actions">
          <button type="submit" class="primary">
            Send {calls.length === 1 ? "result" : "results"}
          </button>
        </div>
      ) : null}
    </form>
  );
}

function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
