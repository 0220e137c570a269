import { ArgumentError } from "../../errors.js";
import {
  checkArray,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptions,
} from "../../llama/check.js";
import type { DryOptions } from "../../llama/index.js";

/** The samplers whose order can be chosen. */
export const samplerNames = [
  "penalties",
  "dry",
  "topNSigma",
  "topK",
  "typicalP",
  "topP",
  "minP",
  "xtc",
  "temperature",
  "infill",
] as const;

export type SamplerName = (typeof samplerNames)[number];

/** A grammar in GBNF that the answer must match. */
export interface GrammarOptions {
  readonly text: string;
  /** The rule to begin with. Default `root`. */
  readonly root?: string;
  /** Wait for one of these before the grammar begins to work; see `Sampler.grammarLazy`. */
  readonly triggers?: { readonly tokens?: readonly number[]; readonly patterns?: readonly RegExp[] };
}

/** Changes the logits of a step in place, knowing the tokens so far. */
export type LogitsProcessor = (logits: Float32Array, tokens: Int32Array) => void;

/** A module that makes a logits processor: what a worker or a child process can be given instead of a function. */
export interface LogitsProcessorModule {
  /** The module's URL or absolute path. */
  readonly module: string;
  /** The export that makes the processor, called with `options`. Default `default`. */
  readonly export?: string;
  readonly options?: unknown;
}

/** How the next token is chosen. What is left out is what the model recommends, or else llama.cpp's own default. */
export interface SamplingOptions {
  /** 0 takes the likeliest token each time. Default 0.8. */
  readonly temperature?: number;
  /** Vary the temperature by the entropy, within `temperature` ± `range`. */
  readonly dynamicTemperature?: { readonly range: number; readonly exponent?: number };
  /** Keep the likeliest `topK` tokens; 0 keeps all. Default 40. */
  readonly topK?: number;
  /** Keep the likeliest tokens that together reach this probability; 1 keeps all. Default 0.95. */
  readonly topP?: number;
  /** Keep tokens at least this many times as likely as the likeliest; 0 keeps all. Default 0.05. */
  readonly minP?: number;
  /** Keep the tokens whose surprise is nearest to the expected one, up to this probability; 1, the default, keeps all. */
  readonly typicalP?: number;
  /** Keep tokens within this many standard deviations of the greatest logit; 0, the default, keeps all. */
  readonly topNSigma?: number;
  readonly xtc?: { readonly probability: number; readonly threshold?: number };
  /** Keep the surprise constant instead of all of the above but the penalties and the temperature. */
  readonly mirostat?: { readonly version: 1 | 2; readonly tau?: number; readonly eta?: number };
  /** Select so that chosen tokens have this probability on average, instead of by chance. */
  readonly adaptiveP?: { readonly target: number; readonly decay?: number };
  /** Divides the logits of tokens that came already; 1, the default, changes nothing. */
  readonly repeatPenalty?: number;
  /** Subtracted from a token's logit for each time that it came. Default 0. */
  readonly frequencyPenalty?: number;
  /** Subtracted once from the logits of tokens that came. Default 0. */
  readonly presencePenalty?: number;
  /** How many of the last tokens the penalties count, those of the prompt too. Default 64. */
  readonly penaltyLastTokens?: number;
  readonly dry?: DryOptions;
  /** For filling in the middle: merge tokens that begin alike, and end in time. Default false. */
  readonly infill?: boolean;
  /** Added to the logits of single tokens; -Infinity rules one out. */
  readonly logitBias?: Readonly<Record<number, number>> | readonly (readonly [token: number, bias: number])[];
  /** From 0 to 2^32 - 2. Default: random. */
  readonly seed?: number;
  /** The order in which samplers work; those that are not named do not. Default: as in `samplerNames`. */
  readonly samplers?: readonly SamplerName[];
  /** A grammar in GBNF, or one with more to say about it. */
  readonly grammar?: string | GrammarOptions;
  /** The model cannot end its answer before this many tokens. Default 0. */
  readonly minTokens?: number;
  /** The model cannot end its answer at all. Default false. */
  readonly ignoreEos?: boolean;
  /** Give each token's log-probability, with this many likeliest alternatives, 0 to 256. Default: give none. */
  readonly logprobs?: number;
  readonly logitsProcessors?: readonly (LogitsProcessor | LogitsProcessorModule)[];
}

/** Every name that {@link SamplingOptions} has. */
export const samplingOptionNames: readonly (keyof SamplingOptions)[] = [
  "temperature",
  "dynamicTemperature",
  "topK",
  "topP",
  "minP",
  "typicalP",
  "topNSigma",
  "xtc",
  "mirostat",
  "adaptiveP",
  "repeatPenalty",
  "frequencyPenalty",
  "presencePenalty",
  "penaltyLastTokens",
  "dry",
  "infill",
  "logitBias",
  "seed",
  "samplers",
  "grammar",
  "minTokens",
  "ignoreEos",
  "logprobs",
  "logitsProcessors",
];

const MOST = 2 ** 31 - 1;
const ranges = {
  temperature: [0, 1e6],
  topP: [0, 1],
  minP: [0, 1],
  typicalP: [0, 1],
  topNSigma: [0, 1e6],
  repeatPenalty: [1e-6, 1e6],
  frequencyPenalty: [-1e6, 1e6],
  presencePenalty: [-1e6, 1e6],
} as const;
const integers = {
  topK: [0, MOST],
  penaltyLastTokens: [0, 2 ** 24],
  seed: [0, 2 ** 32 - 2],
  minTokens: [0, MOST],
  logprobs: [0, 256],
} as const;

/**
 * Checks the options under the names that their users know; what is left, samplers check when they are made.
 *
 * @throws {ArgumentError} naming the option
 */
export function checkSamplingOptions(options: SamplingOptions): void {
  for (const [name, [min, max]] of Object.entries(ranges)) {
    const value = options[name as keyof typeof ranges];
    if (value !== undefined) checkNumber(name, value, min, max);
  }
  for (const [name, [min, max]] of Object.entries(integers)) {
    const value = options[name as keyof typeof integers];
    if (value !== undefined) checkInteger(name, value, min, max);
  }
  if (options.infill !== undefined) checkBoolean("infill", options.infill);
  if (options.ignoreEos !== undefined) checkBoolean("ignoreEos", options.ignoreEos);
  checkGroups(options);
  const { samplers, logitsProcessors } = options;
  if (samplers !== undefined) {
    checkArray("samplers", samplers).forEach((name, index) => checkOneOf(`samplers[${index}]`, name, samplerNames));
    if (new Set(samplers).size < samplers.length) throw new ArgumentError("samplers", "names that differ", samplers);
  }
  if (logitsProcessors === undefined) return;
  checkArray("logitsProcessors", logitsProcessors).forEach((processor, index) =>
    checkFunction(`logitsProcessors[${index}]`, processor),
  );
}

function checkGroups({ dynamicTemperature, xtc, mirostat, adaptiveP, dry, grammar }: SamplingOptions): void {
  if (dynamicTemperature !== undefined) {
    checkOptions("dynamicTemperature", dynamicTemperature, ["range", "exponent"]);
    checkNumber("dynamicTemperature.range", dynamicTemperature.range, 0, 1e6);
    checkNumber("dynamicTemperature.exponent", dynamicTemperature.exponent ?? 1, 0, 1e6);
  }
  if (xtc !== undefined) {
    checkOptions("xtc", xtc, ["probability", "threshold"]);
    checkNumber("xtc.probability", xtc.probability, 0, 1);
    checkNumber("xtc.threshold", xtc.threshold ?? 0.1, 0, 1);
  }
  if (mirostat !== undefined) {
    checkOptions("mirostat", mirostat, ["version", "tau", "eta"]);
    checkInteger("mirostat.version", mirostat.version, 1, 2);
  }
  if (adaptiveP !== undefined) checkOptions("adaptiveP", adaptiveP, ["target", "decay"]);
  if (dry !== undefined) {
    checkOptions("dry", dry, ["multiplier", "base", "allowedLength", "lastTokens", "sequenceBreakers"]);
  }
  if (grammar === undefined || typeof grammar === "string") return;
  checkOptions("grammar", grammar, ["text", "root", "triggers"]);
  if (grammar.triggers !== undefined) checkOptions("grammar.triggers", grammar.triggers, ["tokens", "patterns"]);
}
