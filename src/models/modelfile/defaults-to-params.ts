import type { ModelDefaults, ModelDefinition } from "../model-record.js";
import type { ParameterName } from "./parameters.js";

/** Ollama's parameters as JSON. */
export type OllamaParams = { readonly [Name in ParameterName]?: number | boolean | string | readonly string[] };

const names = {
  contextSize: "num_ctx",
  maxTokens: "num_predict",
  keepTokens: "num_keep",
  temperature: "temperature",
  topK: "top_k",
  topP: "top_p",
  minP: "min_p",
  typicalP: "typical_p",
  repeatPenalty: "repeat_penalty",
  penaltyLastTokens: "repeat_last_n",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
  seed: "seed",
  stop: "stop",
  threads: "num_thread",
  batchSize: "num_batch",
} as const satisfies Partial<Record<keyof ModelDefaults, ParameterName>>;

/**
 * Says a model's defaults in Ollama's names, as far as it has them.
 *
 * @returns the parameters, and the names of the defaults that Ollama has none for
 *
 * @example
 * defaultsToParams({ contextSize: 4096 }).params; // { num_ctx: 4096 }
 */
export function defaultsToParams(
  defaults: ModelDefaults,
  { maxDraft, minProbability }: NonNullable<ModelDefinition["speculation"]> = {},
): {
  readonly params: OllamaParams;
  readonly left: readonly string[];
} {
  const params: { -readonly [Name in keyof OllamaParams]: OllamaParams[Name] } = {};
  const left: string[] = [];
  for (const [key, value] of Object.entries(defaults) as [keyof ModelDefaults, unknown][]) {
    if (value === undefined) continue;
    if (key === "gpuLayers") params.num_gpu = value === "auto" ? -1 : Number(value);
    else if (key === "contextSize" && value === "auto") continue;
    else if (key === "overflow" && value !== "error") params.num_predict ??= value === "shift" ? -1 : -2;
    else if (key === "speculate" && value === false) params.draft_num_predict = 0;
    else if (key === "mirostat") Object.assign(params, mirostatParams(defaults.mirostat));
    else if (key in names) params[names[key as keyof typeof names]] = value as number | readonly string[];
    else left.push(key);
  }
  if (defaults.maxTokens !== undefined && defaults.overflow !== undefined) left.push("overflow");
  if (maxDraft !== undefined) params.draft_num_predict ??= maxDraft;
  if (minProbability !== undefined) left.push("speculation.minProbability");
  return { params, left };
}

function mirostatParams(mirostat: ModelDefaults["mirostat"]): OllamaParams {
  if (mirostat === undefined) return {};
  const { version, tau, eta } = mirostat;
  return {
    mirostat: version,
    ...(tau === undefined ? {} : { mirostat_tau: tau }),
    ...(eta === undefined ? {} : { mirostat_eta: eta }),
  };
}
