import { ArgumentError } from "../errors.js";
import type { ggml_opt_optimizer_params } from "../native/index.js";
import { checkFunction, checkInteger, checkNumber, checkOneOf, checkOptions } from "./check.js";

/** What an optimizer step uses. */
export interface OptimizerParameters {
  /** Above 0; 0.001 by default. */
  readonly learningRate?: number;
  /** How strongly weights are pulled to zero: 0 (the default) to 1. */
  readonly weightDecay?: number;
  /** AdamW's memory of gradients: 0 up to, but not, 1; 0.9 by default. */
  readonly beta1?: number;
  /** AdamW's memory of squared gradients: 0 up to, but not, 1; 0.999 by default. */
  readonly beta2?: number;
  /** AdamW's guard against dividing by zero, at least 0; 1e-8 by default. */
  readonly epsilon?: number;
}

export interface TrainerOptions {
  /** Tokens in a training example: a multiple of 256. Default 256. */
  readonly contextSize?: number;
  /** Tokens between two optimizer steps: a divisor of `contextSize`. Default `contextSize`. */
  readonly batchSize?: number;
  /** Tokens computed at once: a divisor of `batchSize`. Default `batchSize`. */
  readonly microBatchSize?: number;
  /** CPU threads, 1 to 512. Default 4. */
  readonly threads?: number;
  /** Default `"adamw"`. */
  readonly optimizer?: "adamw" | "sgd";
  /** Values for all steps, or a function that gives them for each step, counted from 0. */
  readonly parameters?: OptimizerParameters | ((step: number) => OptimizerParameters);
  /** Which tensors are trained, by name. Default all; token embeddings never are. */
  readonly trains?: (tensorName: string) => boolean;
}

/** {@link TrainerOptions} with every default filled in, checked. */
export interface TrainerSetup {
  readonly contextSize: number;
  readonly batchSize: number;
  readonly microBatchSize: number;
  readonly threads: number;
  readonly optimizer: "adamw" | "sgd";
  readonly parametersOf: (step: number) => ggml_opt_optimizer_params;
  readonly trains: ((tensorName: string) => boolean) | undefined;
}

const known = ["contextSize", "batchSize", "microBatchSize", "threads", "optimizer", "parameters", "trains"];

export function checkTrainerOptions(options: TrainerOptions): TrainerSetup {
  checkOptions("options", options, known);
  const { contextSize = 256, threads = 4, optimizer = "adamw", parameters = {}, trains } = options;
  const { batchSize = contextSize } = options;
  const { microBatchSize = batchSize } = options;
  checkInteger("contextSize", contextSize, 256, 1 << 20);
  if (contextSize % 256 !== 0) throw new ArgumentError("contextSize", "a multiple of 256", contextSize);
  checkDivisor("batchSize", batchSize, "contextSize", contextSize);
  checkDivisor("microBatchSize", microBatchSize, "batchSize", batchSize);
  checkInteger("threads", threads, 1, 512);
  checkOneOf("optimizer", optimizer, ["adamw", "sgd"]);
  if (trains !== undefined) checkFunction("trains", trains);
  const constant = typeof parameters === "function" ? undefined : checkParameters(parameters);
  const parametersOf = (step: number): ggml_opt_optimizer_params =>
    constant ?? checkParameters((parameters as (step: number) => OptimizerParameters)(step));
  return { contextSize, batchSize, microBatchSize, threads, optimizer, parametersOf, trains };
}

function checkDivisor(name: string, value: number, ofName: string, of: number): void {
  checkInteger(name, value, 1, of);
  if (of % value !== 0) throw new ArgumentError(name, `a divisor of ${ofName} (${of})`, value);
}

/** The largest float below 1. */
const belowOne = 1 - 2 ** -24;

/** What C asserts of them, it asserts of floats: a rate that rounds to zero is none. */
function checkParameters(parameters: OptimizerParameters): ggml_opt_optimizer_params {
  checkOptions("parameters", parameters, ["learningRate", "weightDecay", "beta1", "beta2", "epsilon"]);
  const { learningRate = 1e-3, weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = parameters;
  checkNumber("learningRate", learningRate, 2 ** -126, 1e6);
  checkNumber("weightDecay", weightDecay, 0, 1);
  checkNumber("beta1", beta1, 0, belowOne);
  checkNumber("beta2", beta2, 0, belowOne);
  checkNumber("epsilon", epsilon, 0, 1);
  return {
    adamw: { alpha: learningRate, beta1, beta2, eps: epsilon, wd: weightDecay },
    sgd: { alpha: learningRate, wd: weightDecay },
  };
}
