import { MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { api } from "./library.js";

/** How well the model predicted. */
export interface TrainingResult {
  /** Mean cross-entropy a token, in nats. */
  readonly loss: number;
  /** Standard error of the loss; NaN for a single microbatch. */
  readonly lossUncertainty: number;
  /** The share of tokens whose best guess was right. */
  readonly accuracy: number;
  /** Tokens predicted. */
  readonly tokens: number;
}

export function newResult(): Pointer<"ggml_opt_result"> {
  const result = api().ggml_opt_result_init();
  if (result === null) throw new MullamaError("TRAINING_FAILED", "There is no memory for a result.");
  return result;
}

export function readResult(result: Pointer<"ggml_opt_result">): TrainingResult | undefined {
  const tokens = new BigInt64Array(1);
  api().ggml_opt_result_ndata(result, tokens);
  if (tokens[0] === 0n) return undefined;
  const accuracy = new Float64Array(1);
  api().ggml_opt_result_accuracy(result, accuracy, new Float64Array(1));
  const { loss, uncertainty } = lossOf(result);
  return { loss, lossUncertainty: uncertainty, accuracy: accuracy[0] ?? Number.NaN, tokens: Number(tokens[0]) };
}

/** The mean loss of a result, and how uncertain it is. */
export function lossOf(result: Pointer<"ggml_opt_result">): { readonly loss: number; readonly uncertainty: number } {
  const loss = new Float64Array(1);
  const uncertainty = new Float64Array(1);
  api().ggml_opt_result_loss(result, loss, uncertainty);
  return { loss: loss[0] ?? Number.NaN, uncertainty: uncertainty[0] ?? Number.NaN };
}
