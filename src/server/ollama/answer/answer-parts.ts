import type { GenerationStream } from "../../../engine/hosts/generation-stream.js";
import type { RequestTimings } from "../../../engine/metrics.js";
import type { FinishReason, GenerationUsage } from "../../../engine/protocol.js";
import type { TokenLogprobs } from "../../../engine/sampling/token-logprobs.js";
import type { ChatStream } from "../../../chat/chat-stream.js";
import type { ToolCall } from "../../../chat/message.js";

/** A piece of an answer. */
export interface AnswerPart {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly ToolCall[];
  /** Of the tokens that came with it; their text may come later. */
  readonly logprobs: readonly TokenLogprobs[];
}

/** How an answer ended. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly usage: GenerationUsage;
  readonly timings: RequestTimings;
  /** All tokens that the model has seen, prompt and answer. */
  readonly seen: Int32Array;
}

/** An answer as it comes, wherever it comes from; its end is the last. */
export type AnswerParts = AsyncGenerator<AnswerPart | AnswerEnd, void>;

export const noPart: AnswerPart = { text: "", thinking: "", calls: [], logprobs: [] };

export function isEnd(part: AnswerPart | AnswerEnd): part is AnswerEnd {
  return "reason" in part;
}

/** The parts of a conversation's answer. */
export async function* partsOfChat(stream: ChatStream): AnswerParts {
  for await (const event of stream) {
    if (event.type === "text") yield { ...noPart, text: event.text };
    else if (event.type === "reasoning") yield { ...noPart, thinking: event.text };
    else if (event.type === "tool-call") yield { ...noPart, calls: [event.call] };
    else if (event.type === "logprobs") yield { ...noPart, logprobs: event.logprobs };
    else if (event.type === "finish") {
      const { finishReason, usage, timings, seen } = event;
      yield { reason: finishReason === "length" ? "length" : "stop", usage, timings, seen: seen.tokens };
    }
  }
}

/** The parts of what goes on from a prompt. */
export async function* partsOfText(prompt: Int32Array, stream: GenerationStream): AnswerParts {
  const seen = [...prompt];
  for await (const { text, tokens, logprobs = [] } of stream) {
    seen.push(...tokens);
    yield { ...noPart, text, logprobs };
  }
  const { reason, usage, timings } = await stream.result;
  yield { reason, usage, timings, seen: Int32Array.from(seen) };
}

/** An answer's parts put together. */
export function joined(parts: readonly AnswerPart[]): AnswerPart {
  return {
    text: parts.map(({ text }) => text).join(""),
    thinking: parts.map(({ thinking }) => thinking).join(""),
    calls: parts.flatMap(({ calls }) => calls),
    logprobs: parts.flatMap(({ logprobs }) => logprobs),
  };
}
