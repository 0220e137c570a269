import type { GenerationChunk, GenerationFinish } from "../../../engine/protocol.js";
import type { LoadedModel } from "../../../mullama.js";
import type { RunningCall } from "./completion-call.js";
import { timingsOf } from "./timings.js";

/** What has come of an answer so far. */
export interface AnswerProgress {
  text: string;
  tokens: number;
  /** When the first token came, of `performance.now()`. */
  firstAt: number;
}

/** A piece of an answer that goes on. */
export function partialBody(
  call: RunningCall,
  index: number,
  { text, tokens }: GenerationChunk,
  progress: AnswerProgress,
): object {
  return {
    index,
    content: text,
    tokens,
    stop: false,
    id_slot: call.slot,
    tokens_predicted: progress.tokens,
    tokens_evaluated: call.prompt.length,
  };
}

/** Times of an answer that goes on, as far as they are known before its end. */
export function runningTimings({ tokens, firstAt }: AnswerProgress): object {
  const ms = performance.now() - firstAt;
  const speed = ms === 0 || tokens < 2 ? 0 : ((tokens - 1) * 1000) / ms;
  return { predicted_n: tokens, predicted_ms: ms, predicted_per_token_ms: ms / tokens, predicted_per_second: speed };
}

/** The end of an answer. */
export async function finalBody(
  model: LoadedModel,
  call: RunningCall,
  index: number,
  finish: GenerationFinish,
  answer: {
    readonly text: string;
    readonly name: string;
    readonly content: string;
    readonly tokens: readonly number[];
  },
): Promise<object> {
  const { usage, reason, stopText } = finish;
  const full = usage.promptTokens + usage.completionTokens >= model.info.contextSizePerSequence;
  return {
    index,
    content: answer.content,
    tokens: answer.tokens,
    id_slot: call.slot,
    stop: true,
    model: answer.name,
    tokens_predicted: usage.completionTokens,
    tokens_evaluated: usage.promptTokens,
    generation_settings: { ...call.settings, ...(finish.seed === undefined ? {} : { seed: finish.seed }) },
    prompt: await model.detokenize(call.prompt, { renderSpecial: true }),
    has_new_line: answer.text.includes("\n"),
    truncated: reason === "length" && full,
    stop_type: reason === "length" ? "limit" : stopText === undefined ? "eos" : "word",
    stopping_word: stopText ?? "",
    tokens_cached: usage.cachedTokens,
    timings: timingsOf(finish),
  };
}
