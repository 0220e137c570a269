/** Ollama's parameters: what each may be, and what it means here. */
import type { ModelDefaults } from "../model-record.js";

/** What a parameter sets. */
export interface Meaning {
  readonly defaults?: ModelDefaults;
  /** Most tokens that a draft model guesses at a time. */
  readonly maxDraft?: number;
  /** Why it has no effect, or another one. */
  readonly note?: string;
}

type NumberParameter = {
  readonly type: "integer" | "number";
  readonly min: number;
  readonly max: number;
  readonly mean: (value: number) => Meaning;
};
type Parameter =
  | NumberParameter
  | { readonly type: "boolean"; readonly mean: (value: boolean) => Meaning }
  | { readonly type: "texts" };

const MOST = 2 ** 31 - 1;

function integer(min: number, max: number, mean: NumberParameter["mean"]): NumberParameter {
  return { type: "integer", min, max, mean };
}
function number(min: number, max: number, mean: NumberParameter["mean"]): NumberParameter {
  return { type: "number", min, max, mean };
}
const set = (defaults: ModelDefaults): Meaning => ({ defaults });
const note = (text: string): Meaning => ({ note: text });
const ignored = (why: string): Parameter => ({ type: "boolean", mean: () => note(why) });

export const parameters = {
  num_ctx: integer(1, MOST, (contextSize) => set({ contextSize })),
  num_predict: integer(-2, MOST, (value) =>
    // -1 goes on for ever, forgetting the oldest tokens; -2 goes on while there is room, which is the default here.
    value === -1 ? set({ overflow: "shift" }) : value === -2 ? set({ overflow: "stop" }) : set({ maxTokens: value }),
  ),
  num_keep: integer(-1, MOST, (value) => (value === -1 ? {} : set({ keepTokens: value }))),
  temperature: number(0, 1e6, (temperature) => set({ temperature })),
  top_k: integer(-MOST, MOST, (value) => set({ topK: Math.max(0, value) })),
  top_p: number(0, 1, (topP) => set({ topP })),
  min_p: number(0, 1, (minP) => set({ minP })),
  typical_p: number(0, 1, (typicalP) => set({ typicalP })),
  repeat_penalty: number(1e-6, 1e6, (repeatPenalty) => set({ repeatPenalty })),
  repeat_last_n: integer(-1, 2 ** 24, (value) => set({ penaltyLastTokens: value })),
  presence_penalty: number(-1e6, 1e6, (presencePenalty) => set({ presencePenalty })),
  frequency_penalty: number(-1e6, 1e6, (frequencyPenalty) => set({ frequencyPenalty })),
  mirostat: integer(0, 2, (value) => (value === 1 || value === 2 ? set({ mirostat: { version: value } }) : {})),
  mirostat_tau: number(0, 1e6, () => ({})),
  mirostat_eta: number(0, 1e6, () => ({})),
  seed: integer(-1, 2 ** 32 - 2, (value) => (value === -1 ? {} : set({ seed: value }))),
  stop: { type: "texts" },
  num_gpu: integer(-1, MOST, (value) => set({ gpuLayers: value === -1 ? "auto" : value })),
  num_thread: integer(0, MOST, (value) => (value === 0 ? {} : set({ threads: value }))),
  num_batch: integer(1, MOST, (batchSize) => set({ batchSize })),
  draft_num_predict: integer(0, 64, (value) => (value === 0 ? set({ speculate: false }) : { maxDraft: value })),
  main_gpu: integer(0, 1024, () => note("which GPU is used is an option of load")),
  tfs_z: number(0, 1e6, () => note("llama.cpp no longer has tail-free sampling")),
  penalize_newline: ignored("llama.cpp counts line ends as it counts all tokens"),
  use_mmap: ignored("whether the file is mapped is an option of load"),
  use_mlock: ignored("whether memory is locked is an option of load"),
  numa: ignored("it is of the machine, not of the model"),
  low_vram: ignored("what fits into the GPU is found out"),
  f16_kv: ignored("the type of the cache is an option of load"),
  logits_all: ignored("logits are kept where they are asked for"),
  vocab_only: ignored("a model without its weights cannot answer"),
  embedding_only: ignored("every model can be asked for embeddings"),
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof parameters;
export const parameterNames = Object.keys(parameters) as readonly ParameterName[];

export function parameterOf(name: ParameterName): Parameter {
  return parameters[name];
}
