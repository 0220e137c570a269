import type { GenerationChunk, GenerationFinish } from "../../../engine/protocol.js";
import type { GenerateOptions } from "../../../mullama.js";
import type { TakenModel } from "../../take-model.js";
import { slotsOf } from "../slots/slot-table.js";
import { generationSettings } from "./generation-settings.js";
import type { CompletionFields } from "./request-schema.js";

/** A prompt to go on with, and how. */
export interface CompletionCall {
  readonly prompt: Int32Array;
  readonly options: GenerateOptions;
}

/** A generation that runs, and the slot that it is told under. */
export interface RunningCall extends CompletionCall {
  /** -1 where it has none. */
  readonly slot: number;
  readonly settings: object;
  readonly chunks: AsyncIterable<GenerationChunk>;
  /** How it ended; after the last chunk. */
  readonly finish: Promise<GenerationFinish>;
}

/** Begins a generation. */
export function runCall({ model, served }: TakenModel, call: CompletionCall, request: CompletionFields): RunningCall {
  const settings = {
    ...generationSettings(call.options, { stream: request.stream, timings_per_token: request.timings_per_token }),
    lora: loraOf(call.options, served.loraAdapters),
  };
  const slot = slotsOf(model).take(request.id_slot, call.prompt, settings);
  const stream = model.stream(call.prompt, call.options);
  const tokens: number[] = [];
  async function* chunks(): AsyncGenerator<GenerationChunk, void> {
    try {
      for await (const chunk of stream) {
        tokens.push(...chunk.tokens);
        if (slot !== undefined) slot.decoded = tokens.length;
        yield chunk;
      }
    } finally {
      if (slot !== undefined) {
        slot.users--;
        slot.tokens = Int32Array.from([...call.prompt, ...tokens]);
      }
    }
  }
  return {
    ...call,
    slot: slot?.id ?? -1,
    settings,
    chunks: chunks(),
    get finish() {
      return stream.result;
    },
  };
}

/** The adapters that work, by their numbers. */
function loraOf(
  { adapters = [] }: GenerateOptions,
  known: readonly { readonly path: string; readonly scale: number }[],
): object[] {
  return adapters.map(({ path, scale = 1 }) => ({ id: known.findIndex((one) => one.path === path), scale }));
}
