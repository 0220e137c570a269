/** A chain of samplers, as a request describes it. */
import { type Model, Sampler, type SamplerChain, type Vocab } from "../../llama/index.js";
import { definedOf } from "../defined-of.js";
import type { CutOff } from "./cut-off.js";
import { checkSamplingOptions, samplerNames, type SamplerName, type SamplingOptions } from "./sampling-options.js";

/** llama.cpp's own defaults, where neither request nor model says anything. */
const defaults = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 };

export interface BuiltChain {
  readonly chain: SamplerChain;
  /** Of how many of the last tokens it takes notice; accepting others than those that it chose changes it. */
  readonly memory: number;
  /** How it cuts off unlikely tokens, where that is all it does before it chooses. */
  readonly cutOff: CutOff | undefined;
}

/**
 * Builds a request's samplers, but for its grammar.
 *
 * @throws {ArgumentError} naming the option
 */
export function buildChain(model: Model, options: SamplingOptions): BuiltChain {
  checkSamplingOptions(options);
  const chain = Sampler.chain();
  try {
    const memory = fill(chain, model, options);
    return { chain, memory, cutOff: memory > 0 ? undefined : cutOffOf(model, options) };
  } catch (error) {
    chain.dispose();
    throw error;
  }
}

function cutOffOf(model: Model, options: SamplingOptions): CutOff | undefined {
  const { temperature, topK, topP, minP } = {
    ...defaults,
    ...definedOf(model.samplingMetadata),
    ...definedOf(options),
  };
  const { samplers, typicalP = 1, topNSigma = 0, mirostat } = options;
  const others = samplers !== undefined || typicalP < 1 || topNSigma > 0 || mirostat !== undefined;
  if (others || biasesOf(options, model.vocab).length > 0) return undefined;
  return temperature === 0 ? { topK: 1, topP: 1, minP: 0 } : { topK, topP, minP };
}

/** @returns the memory of what was added */
function fill(chain: SamplerChain, model: Model, options: SamplingOptions): number {
  const { vocab } = model;
  const biases = biasesOf(options, vocab);
  if (biases.length > 0) chain.logitBias(vocab, biases);
  const recommended = model.samplingMetadata;
  const temperature = options.temperature ?? recommended.temperature ?? defaults.temperature;
  const { mirostat, adaptiveP } = options;
  const order = options.samplers ?? (options.infill === true ? samplerNames : samplerNames.slice(0, -1));
  let memory = 0;
  for (const name of order) {
    if (name === "penalties") memory = Math.max(memory, addPenalties(chain, vocab, options));
    else if (name === "dry") memory = Math.max(memory, addDry(chain, vocab, options));
  }
  if (temperature === 0 && mirostat === undefined && adaptiveP === undefined) {
    chain.greedy();
    return memory;
  }
  const seed = options.seed;
  if (mirostat !== undefined) {
    const { version, ...settings } = mirostat;
    const seeded = { ...settings, ...(seed === undefined ? {} : { seed }) };
    chain.temperature(temperature);
    if (version === 1) chain.mirostat(vocab, seeded);
    else chain.mirostatV2(seeded);
    return Math.max(memory, 1);
  }
  for (const name of order) addSampler(chain, name, model, temperature, options);
  if (adaptiveP === undefined) {
    chain.dist(seed);
    return memory;
  }
  chain.adaptiveP({ ...adaptiveP, ...(seed === undefined ? {} : { seed }) });
  return Math.max(memory, 1);
}

function addSampler(
  chain: SamplerChain,
  name: SamplerName,
  model: Model,
  temperature: number,
  options: SamplingOptions,
): void {
  const { topK, topP, minP } = { ...defaults, ...definedOf(model.samplingMetadata), ...definedOf(options) };
  const { typicalP = 1, topNSigma = 0, xtc, dynamicTemperature, seed } = options;
  switch (name) {
    case "penalties":
    case "dry":
      return;
    case "topNSigma":
      if (topNSigma > 0) chain.topNSigma(topNSigma);
      return;
    case "topK":
      chain.topK(topK);
      return;
    case "typicalP":
      if (typicalP < 1) chain.typical(typicalP);
      return;
    case "topP":
      if (topP < 1) chain.topP(topP);
      return;
    case "minP":
      if (minP > 0) chain.minP(minP);
      return;
    case "xtc":
      if (xtc !== undefined) chain.xtc({ threshold: 0.1, ...xtc, ...(seed === undefined ? {} : { seed }) });
      return;
    case "temperature":
      if (dynamicTemperature === undefined) chain.temperature(temperature);
      else chain.dynamicTemperature(temperature, dynamicTemperature.range, dynamicTemperature.exponent);
      return;
    case "infill":
      chain.infill(model.vocab);
  }
}

function addPenalties(chain: SamplerChain, vocab: Vocab, options: SamplingOptions): number {
  const { repeatPenalty = 1, frequencyPenalty = 0, presencePenalty = 0, penaltyLastTokens = 64 } = options;
  if (repeatPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0) return 0;
  chain.penalties(vocab, {
    lastTokens: penaltyLastTokens,
    repeat: repeatPenalty,
    frequency: frequencyPenalty,
    presence: presencePenalty,
  });
  return penaltyLastTokens;
}

function addDry(chain: SamplerChain, vocab: Vocab, { dry }: SamplingOptions): number {
  if (dry === undefined) return 0;
  chain.dry(vocab, dry);
  return dry.lastTokens ?? 1024;
}

function biasesOf({ logitBias = [] }: SamplingOptions, vocab: Vocab): (readonly [number, number])[] {
  const given = Array.isArray(logitBias)
    ? (logitBias as readonly (readonly [number, number])[])
    : Object.entries(logitBias as Readonly<Record<number, number>>).map(
        ([token, bias]) => [Number(token), bias] as const,
      );
  // Tokens that the model's file says must never come.
  return [...given, ...Array.from(vocab.suppressed, (token) => [token, -Infinity] as const)];
}
