import type { GenerationChunk, GenerationUsage } from "../../../engine/protocol.js";
import type { GenerationStream } from "../../../engine/hosts/generation-stream.js";
import type { LoadedModel } from "../../../mullama.js";
import { merge } from "../../http/merge.js";
import type { SseEvent } from "../../http/sse.js";
import type { TakenModel } from "../../take-model.js";
import { answersTo } from "../../answer/answers-to.js";
import { readLogprobs } from "../../answer/read-logprobs.js";
import { completionLogprobs } from "./completion-logprobs.js";
import { usageOf } from "../usage.js";
import type { CompletionCall } from "./read-request.js";
import type { CompletionRequest } from "./request-schema.js";

interface CompletionStreamParts {
  readonly taken: TakenModel;
  readonly request: CompletionRequest;
  readonly calls: readonly CompletionCall[];
  readonly head: object;
}

/** Goes on with prompts in chunks. */
export async function* streamCompletion(parts: CompletionStreamParts): AsyncGenerator<SseEvent, void> {
  const { taken, request, calls, head } = parts;
  const withUsage = request.stream_options?.include_usage === true;
  const event = (choices: readonly object[], usage: unknown): SseEvent => ({
    data: JSON.stringify({ ...head, object: "text_completion", choices, ...(withUsage ? { usage } : {}) }),
  });
  const streams = calls
    .flatMap((call) => answersTo(call, request.n))
    .map(({ prompt, options }) => taken.model.stream(prompt, options));
  const offsets = streams.map(() => 0);
  for await (const [index, chunk] of merge(streams)) {
    const offset = offsets[index] ?? 0;
    offsets[index] = offset + chunk.text.length;
    const logprobs = await logprobsOf(taken.model, chunk, offset);
    if (chunk.text === "" && logprobs === null) continue;
    yield event([{ index, text: chunk.text, logprobs, finish_reason: null }], null);
  }
  const finishes = await Promise.all(streams.map((stream) => stream.result));
  const last = finishes.map(({ reason }, index) => ({ index, text: "", logprobs: null, finish_reason: reason }));
  yield event(last, null);
  if (withUsage) yield event([], usageOf(grouped(finishes, request.n)));
  yield { data: "[DONE]" };
}

async function logprobsOf(model: LoadedModel, { logprobs }: GenerationChunk, offset: number): Promise<object | null> {
  if (logprobs === undefined || logprobs.length === 0) return null;
  return completionLogprobs(await readLogprobs(model, logprobs), offset);
}

/** The usages of the answers to each prompt. */
function grouped(finishes: readonly Awaited<GenerationStream["result"]>[], n: number): GenerationUsage[][] {
  const usages = finishes.map(({ usage }) => usage);
  return Array.from({ length: usages.length / n }, (_, index) => usages.slice(index * n, (index + 1) * n));
}
