import { definedOf } from "../../../engine/defined-of.js";
import type { SamplerName, SamplingOptions } from "../../../engine/sampling/sampling-options.js";
import { HttpError } from "../../http/http-error.js";
import type { SamplingFields } from "./sampling-fields.js";

/** The samplers by llama-server's names, and by the letters of its short form. */
const samplers: Readonly<Record<string, SamplerName>> = {
  penalties: "penalties",
  dry: "dry",
  top_n_sigma: "topNSigma",
  top_k: "topK",
  typ_p: "typicalP",
  typical_p: "typicalP",
  top_p: "topP",
  min_p: "minP",
  xtc: "xtc",
  temperature: "temperature",
  infill: "infill",
  e: "penalties",
  d: "dry",
  s: "topNSigma",
  k: "topK",
  y: "typicalP",
  p: "topP",
  m: "minP",
  x: "xtc",
  t: "temperature",
  i: "infill",
};

/** The engine's sampling options, as far as a request names any. @param contextSize what -1 stands for in counts of tokens */
export function readSampling(fields: SamplingFields, contextSize: number): SamplingOptions {
  const lastTokens = (count: number | undefined): number | undefined => (count === -1 ? contextSize : count);
  const { seed } = fields;
  return definedOf({
    // Less than nothing is greedy, too.
    temperature: atLeast(0, fields.temperature),
    dynamicTemperature: readDynamicTemperature(fields),
    topK: atLeast(0, fields.top_k),
    topP: fields.top_p,
    minP: fields.min_p,
    typicalP: fields.typical_p,
    topNSigma: atLeast(0, fields.top_n_sigma),
    xtc:
      fields.xtc_probability === undefined
        ? undefined
        : { probability: fields.xtc_probability, ...definedOf({ threshold: fields.xtc_threshold }) },
    penaltyLastTokens: lastTokens(fields.repeat_last_n),
    repeatPenalty: fields.repeat_penalty,
    presencePenalty: fields.presence_penalty,
    frequencyPenalty: fields.frequency_penalty,
    dry: readDry(fields, lastTokens(fields.dry_penalty_last_n)),
    mirostat: readMirostat(fields),
    adaptiveP: readAdaptive(fields),
    // The largest number is llama.cpp's word for a random one, as is -1.
    seed: seed === -1 || seed === 2 ** 32 - 1 ? undefined : seed,
    ignoreEos: fields.ignore_eos,
    samplers: fields.samplers === undefined ? undefined : readSamplers(fields.samplers),
    logprobs: fields.n_probs === 0 ? undefined : fields.n_probs,
  });
}

function atLeast(least: number, value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.max(least, value);
}

function readDynamicTemperature({
  dynatemp_range: range = 0,
  dynatemp_exponent: exponent,
}: SamplingFields): SamplingOptions["dynamicTemperature"] {
  return range <= 0 ? undefined : { range, ...definedOf({ exponent }) };
}

function readDry(fields: SamplingFields, lastTokens: number | undefined): SamplingOptions["dry"] {
  const { dry_multiplier: multiplier = 0 } = fields;
  if (multiplier === 0) return undefined;
  return {
    multiplier,
    ...definedOf({
      base: fields.dry_base,
      allowedLength: fields.dry_allowed_length,
      lastTokens,
      sequenceBreakers: fields.dry_sequence_breakers,
    }),
  };
}

function readMirostat({
  mirostat: version,
  mirostat_tau: tau,
  mirostat_eta: eta,
}: SamplingFields): SamplingOptions["mirostat"] {
  return version === 1 || version === 2 ? { version, ...definedOf({ tau, eta }) } : undefined;
}

function readAdaptive({
  adaptive_target: target = -1,
  adaptive_decay: decay,
}: SamplingFields): SamplingOptions["adaptiveP"] {
  return target < 0 ? undefined : { target, ...definedOf({ decay }) };
}

function readSamplers(given: string | readonly string[]): SamplerName[] {
  const names = typeof given === "string" ? given.split("") : given;
  return names.map((name) => {
    const known = samplers[name];
    if (known !== undefined) return known;
    const all = Object.keys(samplers).filter((one) => one.length > 1);
    throw new HttpError("ARGUMENT_INVALID", `samplers: ${JSON.stringify(name)} is none of ${all.join(", ")}.`, {
      param: "samplers",
    });
  });
}
