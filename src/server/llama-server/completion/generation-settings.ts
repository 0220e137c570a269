import type { SamplerName } from "../../../engine/sampling/sampling-options.js";
import type { GenerateOptions } from "../../../mullama.js";

const samplerNames: Readonly<Record<SamplerName, string>> = {
  penalties: "penalties",
  dry: "dry",
  topNSigma: "top_n_sigma",
  topK: "top_k",
  typicalP: "typ_p",
  topP: "top_p",
  minP: "min_p",
  xtc: "xtc",
  temperature: "temperature",
  infill: "infill",
};
const usualOrder = ["penalties", "dry", "topNSigma", "topK", "typicalP", "topP", "minP", "xtc", "temperature"] as const;

/** What a generation is made with, defaults included, under llama-server's names. */
export function generationSettings(options: GenerateOptions, extra: object = {}): object {
  const { dynamicTemperature, xtc, dry, mirostat, adaptiveP, grammar, samplers = usualOrder } = options;
  return {
    n_predict: options.maxTokens ?? -1,
    max_tokens: options.maxTokens ?? -1,
    n_keep: options.keepTokens ?? 0,
    seed: options.seed ?? 2 ** 32 - 1,
    temperature: options.temperature ?? 0.8,
    dynatemp_range: dynamicTemperature?.range ?? 0,
    dynatemp_exponent: dynamicTemperature?.exponent ?? 1,
    top_k: options.topK ?? 40,
    top_p: options.topP ?? 0.95,
    min_p: options.minP ?? 0.05,
    top_n_sigma: options.topNSigma ?? 0,
    typical_p: options.typicalP ?? 1,
    xtc_probability: xtc?.probability ?? 0,
    xtc_threshold: xtc?.threshold ?? 0.1,
    repeat_last_n: options.penaltyLastTokens ?? 64,
    repeat_penalty: options.repeatPenalty ?? 1,
    presence_penalty: options.presencePenalty ?? 0,
    frequency_penalty: options.frequencyPenalty ?? 0,
    dry_multiplier: dry?.multiplier ?? 0,
    dry_base: dry?.base ?? 1.75,
    dry_allowed_length: dry?.allowedLength ?? 2,
    dry_penalty_last_n: dry?.lastTokens ?? 1024,
    dry_sequence_breakers: dry?.sequenceBreakers ?? ["\n", ":", '"', "*"],
    mirostat: mirostat?.version ?? 0,
    mirostat_tau: mirostat?.tau ?? 5,
    mirostat_eta: mirostat?.eta ?? 0.1,
    adaptive_target: adaptiveP?.target ?? -1,
    adaptive_decay: adaptiveP?.decay ?? 0.9,
    stop: options.stop ?? [],
    ignore_eos: options.ignoreEos ?? false,
    n_probs: options.logprobs ?? 0,
    post_sampling_probs: false,
    min_keep: 0,
    grammar: typeof grammar === "string" ? grammar : (grammar?.text ?? ""),
    samplers: samplers.map((name) => samplerNames[name]),
    ...extra,
  };
}
