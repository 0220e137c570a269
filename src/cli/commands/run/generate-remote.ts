import { definedOf } from "../../../engine/defined-of.js";
import type { FinishReason, GenerationEvent, GenerationRequest } from "./generation.js";
import type { ServiceClient } from "../../service/service-client.js";

/** A line of `/api/chat` or `/api/generate`; durations are in nanoseconds. */
interface Line {
  readonly message?: { readonly content: string; readonly thinking?: string };
  readonly response?: string;
  readonly done: boolean;
  readonly done_reason?: string;
  readonly load_duration?: number;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration?: number;
  readonly eval_count?: number;
  readonly eval_duration?: number;
}

/**
 * Has a service answer, whose models stay loaded for the next time.
 *
 * @throws {MullamaError} `SERVICE_FAILED` with the service's words; `ABORTED` before the first text
 */
export async function* generateRemotely(
  service: ServiceClient,
  request: GenerationRequest,
): AsyncGenerator<GenerationEvent> {
  const { model, prompt, maxTokens, temperature, seed, contextSize, threads, gpuLayers, think, format, signal } =
    request;
  const options = definedOf({
    num_predict: maxTokens,
    temperature,
    seed,
    num_ctx: contextSize,
    num_thread: threads,
    num_gpu: gpuLayers,
  });
  const lines =
    typeof prompt === "string"
      ? service.stream<Line>("/api/generate", { model, prompt, raw: true, options }, signal)
      : service.stream<Line>(
          "/api/chat",
          { model, messages: prompt, options, ...definedOf({ think, format }) },
          signal,
        );
  let said = false;
  let last: Line | undefined;
  try {
    for await (const line of lines) {
      last = line;
      const { content: text = line.response ?? "", thinking = "" } = line.message ?? {};
      if (thinking !== "") yield { type: "thought", text: thinking };
      if (text === "") continue;
      said = true;
      yield { type: "text", text };
    }
  } catch (error) {
    if (!signal.aborted || !said) throw error;
  }
  yield finishOf(last, signal.aborted);
}

function finishOf(line: Line | undefined, aborted: boolean): GenerationEvent {
  const milliseconds = (nanoseconds = 0): number => nanoseconds / 1e6;
  const finishReason: FinishReason = aborted ? "aborted" : line?.done_reason === "length" ? "length" : "stop";
  return {
    type: "finish",
    finishReason,
    usage: { promptTokens: line?.prompt_eval_count ?? 0, completionTokens: line?.eval_count ?? 0 },
    timings: {
      load: milliseconds(line?.load_duration),
      prompt: milliseconds(line?.prompt_eval_duration),
      completion: milliseconds(line?.eval_duration),
    },
  };
}
