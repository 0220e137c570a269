/** C's constructors of samplers, with every parameter checked first. */
import { ArgumentError, MullamaError } from "../errors.js";
import { checkInteger, checkNumber, checkOptions, checkText } from "./check.js";
import { api } from "./library.js";
import { makeNode, type SamplerNode } from "./sampler-node.js";
import { longestPiece } from "./tokenize.js";
import type { Vocab } from "./vocab.js";
import { modelOf, tokenizerPointer } from "./vocab-model.js";

const INT32_MAX = 2 ** 31 - 1;
const FLOAT_MAX = 3.4e38;
/** C keeps room for all of them. */
const MAX_LAST_TOKENS = 2 ** 24;
/** What C takes as "choose one". */
const RANDOM_SEED = 0xffff_ffff;

/** Options of XTC. */
export interface XtcOptions {
  /** The chance that anything is removed at a step, from 0 to 1. */
  readonly probability: number;
  /** Tokens at least as likely as this are candidates for removal, all but the least likely of them; from 0 to 1, above 0.5 disables. */
  readonly threshold: number;
  /** Never leave fewer candidates. Default 1. */
  readonly minKeep?: number;
  /** Default: random. */
  readonly seed?: number;
}

/** Options of Mirostat. */
export interface MirostatOptions {
  /** The surprise to aim for, in bits; above 0. Default 5. */
  readonly tau?: number;
  /** The learning rate, from 0 to 1. Default 0.1. */
  readonly eta?: number;
  /** Default: random. */
  readonly seed?: number;
}

/** Options of adaptive-p. */
export interface AdaptivePOptions {
  /** The probability that selected tokens should have on average, from 0 to 1; a negative one disables. */
  readonly target: number;
  /** How long the average remembers, from 0 to 0.99: about 1 / (1 - decay) tokens. Default 0.9. */
  readonly decay?: number;
  /** Default: random. */
  readonly seed?: number;
}

/** Options of repetition penalties. */
export interface PenaltyOptions {
  /** How many of the last tokens count; 0 disables. Default 64. */
  readonly lastTokens?: number;
  /** Divides positive logits of tokens that came, multiplies negative ones; above 0, 1 disables. Default 1. */
  readonly repeat?: number;
  /** Subtracted for each time that a token came. Default 0. */
  readonly frequency?: number;
  /** Subtracted once from tokens that came. Default 0. */
  readonly presence?: number;
}

/** Options of DRY. */
export interface DryOptions {
  /** The penalty's strength; 0 disables. Default 0.8. */
  readonly multiplier?: number;
  /** The base of its growth, at least 1. Default 1.75. */
  readonly base?: number;
  /** Repetitions up to this length are free. Default 2. */
  readonly allowedLength?: number;
  /** How many of the last tokens are searched for repetitions; 0 disables. Default 1024. */
  readonly lastTokens?: number;
  /** Texts that no repetition extends over, each at most 40 bytes. Default: line end, colon, quote, asterisk. */
  readonly sequenceBreakers?: readonly string[];
}

export function greedy(): SamplerNode {
  return makeNode(api().llama_sampler_init_greedy(), "greedy", { selects: true });
}

export function dist(seed?: number): SamplerNode {
  const value = checkSeed(seed);
  return makeNode(api().llama_sampler_init_dist(value), `dist ${value}`, { selects: true });
}

export function topK(k: number): SamplerNode {
  checkInteger("k", k, 0, INT32_MAX);
  return makeNode(api().llama_sampler_init_top_k(k), `topK ${k}`);
}

export function topP(p: number, minKeep: number): SamplerNode {
  checkKeep(p, minKeep);
  return makeNode(api().llama_sampler_init_top_p(p, minKeep), `topP ${p} ${minKeep}`);
}

export function minP(p: number, minKeep: number): SamplerNode {
  checkKeep(p, minKeep);
  return makeNode(api().llama_sampler_init_min_p(p, minKeep), `minP ${p} ${minKeep}`);
}

export function typical(p: number, minKeep: number): SamplerNode {
  checkKeep(p, minKeep);
  return makeNode(api().llama_sampler_init_typical(p, minKeep), `typical ${p} ${minKeep}`);
}

export function temperature(value: number): SamplerNode {
  checkNumber("temperature", value, 0, FLOAT_MAX);
  return makeNode(api().llama_sampler_init_temp(value), `temperature ${value}`);
}

export function dynamicTemperature(middle: number, range: number, exponent: number): SamplerNode {
  checkNumber("temperature", middle, 0, 1e30);
  checkNumber("range", range, 0, 1e30);
  checkNumber("exponent", exponent, 0, 1e30);
  return makeNode(
    api().llama_sampler_init_temp_ext(middle, range, exponent),
    `dynamicTemperature ${middle} ${range} ${exponent}`,
  );
}

export function topNSigma(n: number): SamplerNode {
  checkNumber("n", n, 0, FLOAT_MAX);
  return makeNode(api().llama_sampler_init_top_n_sigma(n), `topNSigma ${n}`);
}

export function xtc(options: XtcOptions): SamplerNode {
  checkOptions("options", options, ["probability", "threshold", "minKeep", "seed"]);
  const { probability, threshold, minKeep = 1 } = options;
  checkNumber("options.probability", probability, 0, 1);
  checkNumber("options.threshold", threshold, 0, 1);
  checkInteger("options.minKeep", minKeep, 0, INT32_MAX);
  const seed = checkSeed(options.seed);
  return makeNode(
    api().llama_sampler_init_xtc(probability, threshold, minKeep, seed),
    `xtc ${probability} ${threshold} ${minKeep} ${seed}`,
  );
}

export function mirostat(vocab: Vocab, options: MirostatOptions & { readonly m?: number }): SamplerNode {
  checkOptions("options", options, ["tau", "eta", "seed", "m"]);
  const { tau, eta, seed } = checkMirostat(options);
  const m = checkInteger("options.m", options.m ?? 100, 2, INT32_MAX);
  const pointer = api().llama_sampler_init_mirostat(vocab.size, seed, tau, eta, m);
  return makeNode(pointer, `mirostat ${vocab.size} ${seed} ${tau} ${eta} ${m}`, { selects: true });
}

export function mirostatV2(options: MirostatOptions): SamplerNode {
  checkOptions("options", options, ["tau", "eta", "seed"]);
  const { tau, eta, seed } = checkMirostat(options);
  return makeNode(api().llama_sampler_init_mirostat_v2(seed, tau, eta), `mirostatV2 ${seed} ${tau} ${eta}`, {
    selects: true,
  });
}

export function adaptiveP(options: AdaptivePOptions): SamplerNode {
  checkOptions("options", options, ["target", "decay", "seed"]);
  const { target, decay = 0.9 } = options;
  checkNumber("options.target", target, -FLOAT_MAX, 1);
  checkNumber("options.decay", decay, 0, 0.99);
  const seed = checkSeed(options.seed);
  return makeNode(api().llama_sampler_init_adaptive_p(target, decay, seed), `adaptiveP ${target} ${decay} ${seed}`, {
    selects: true,
  });
}

export function penalties(vocab: Vocab, options: PenaltyOptions): SamplerNode {
  checkOptions("options", options, ["lastTokens", "repeat", "frequency", "presence"]);
  const { lastTokens = 64, repeat = 1, frequency = 0, presence = 0 } = options;
  checkInteger("options.lastTokens", lastTokens, 0, MAX_LAST_TOKENS);
  checkNumber("options.repeat", repeat, 1e-30, 1e30);
  checkNumber("options.frequency", frequency, -1e30, 1e30);
  checkNumber("options.presence", presence, -1e30, 1e30);
  const pointer = api().llama_sampler_init_penalties(vocab.size, lastTokens, repeat, frequency, presence);
  const config = `penalties ${vocab.size} ${lastTokens} ${repeat} ${frequency} ${presence}`;
  return makeNode(pointer, config, { vocabularySize: vocab.size });
}

export function dry(vocab: Vocab, options: DryOptions): SamplerNode {
  checkOptions("options", options, ["multiplier", "base", "allowedLength", "lastTokens", "sequenceBreakers"]);
  const {
    multiplier = 0.8,
    base = 1.75,
    allowedLength = 2,
    lastTokens = 1024,
    sequenceBreakers = ["\n", ":", '"', "*"],
  } = options;
  checkNumber("options.multiplier", multiplier, 0, FLOAT_MAX);
  checkNumber("options.base", base, 1, 1e30);
  checkInteger("options.allowedLength", allowedLength, 0, INT32_MAX);
  checkInteger("options.lastTokens", lastTokens, 0, MAX_LAST_TOKENS);
  if (!Array.isArray(sequenceBreakers))
    throw new ArgumentError("options.sequenceBreakers", "an array of strings", sequenceBreakers);
  for (const [index, breaker] of sequenceBreakers.entries()) {
    const name = `options.sequenceBreakers[${index}]`;
    const { length } = Buffer.from(checkText(name, breaker));
    if (length === 0 || length > 40) throw new ArgumentError(name, "a string of 1 to 40 bytes", breaker);
  }
  const breakers = [...sequenceBreakers];
  const pointer = api().llama_sampler_init_dry(
    tokenizerPointer(vocab),
    multiplier,
    base,
    allowedLength,
    lastTokens,
    breakers,
    breakers.length,
  );
  const config = `dry ${multiplier} ${base} ${allowedLength} ${lastTokens} ${JSON.stringify(breakers)}`;
  return makeNode(pointer, config, { models: [modelOf(vocab)] });
}

export function logitBias(vocab: Vocab, biases: Iterable<readonly [token: number, bias: number]>): SamplerNode {
  const list = [...biases].map(([token, bias], index) => {
    checkInteger(`biases[${index}][0]`, token, 0, vocab.size - 1);
    if (bias !== -Infinity) checkNumber(`biases[${index}][1]`, bias, -1e30, 1e30);
    return { token, bias };
  });
  const pointer = api().llama_sampler_init_logit_bias(vocab.size, list.length, list.length === 0 ? null : list);
  return makeNode(pointer, `logitBias ${vocab.size} ${JSON.stringify(list)}`, { vocabularySize: vocab.size });
}

export function infill(vocab: Vocab): SamplerNode {
  const pointer = tokenizerPointer(vocab);
  if (vocab.eot === undefined && vocab.eos === undefined)
    throw new MullamaError("UNSUPPORTED", "Infill needs a vocabulary with EOT or EOS.");
  // C's buffer has this size, and growing it fails.
  if (longestPiece(pointer, vocab.size) > 512)
    throw new MullamaError("UNSUPPORTED", "Infill cannot work on tokens of more than 512 bytes.");
  return makeNode(api().llama_sampler_init_infill(pointer), "infill", {
    vocabularySize: vocab.size,
    models: [modelOf(vocab)],
  });
}

function checkSeed(seed: number | undefined): number {
  return seed === undefined ? RANDOM_SEED : checkInteger("seed", seed, 0, RANDOM_SEED - 1);
}

function checkKeep(p: number, minKeep: number): void {
  checkNumber("p", p, 0, 1);
  checkInteger("minKeep", minKeep, 0, INT32_MAX);
}

function checkMirostat(options: MirostatOptions): { tau: number; eta: number; seed: number } {
  const { tau = 5, eta = 0.1 } = options;
  checkNumber("options.tau", tau, 1e-6, 1e6);
  checkNumber("options.eta", eta, 0, 1);
  return { tau, eta, seed: checkSeed(options.seed) };
}
