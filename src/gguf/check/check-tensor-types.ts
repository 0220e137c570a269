import { GgufError } from "../error.js";
import type { GgufHeader, TensorInfo } from "../header.js";
import type { TensorType } from "../tensor-type.js";

/** Types that no operation on weights takes: intermediate formats and plain integers. */
const NEVER: ReadonlySet<TensorType> = new Set<TensorType>(["I8", "I16", "I32", "I64", "F64", "Q8_1", "Q8_K"]);

/** The tensors that are lists of ids, by what their names have in them. */
const ID_TABLES = /(^|\.)(d2t|t2d)$|tid2eid/;

/** The tensors that are added, multiplied or convolved element by element, which ggml's CPU code does in F32 only. */
const ELEMENTWISE = [
  /_norm\.weight$|\.bias$|^token_types\.weight$|_res_score\.weight$/,
  /\.ssm_(conv1d\w*\.weight|a|d)$|\.shortconv\.conv\.weight$/,
  /\.time_mix_(lerp_\w+|first|decay|w0|a0|v0|k_k|k_a|r_k|ln)\.weight$|\.channel_mix_lerp_\w\.weight$/,
];

/** Refuses tensors of a type that llama.cpp loads and then aborts on, at the first decode. */
export function checkTensorTypes(header: GgufHeader): void {
  for (const tensor of header.tensors.values()) {
    const problem = problemOf(tensor);
    if (problem !== undefined)
      throw new GgufError(`tensor ${JSON.stringify(tensor.name)} is of type ${tensor.type}, ${problem}`);
  }
}

function problemOf({ name, type, shape }: TensorInfo): string | undefined {
  if (ID_TABLES.test(name)) return type === "I32" || type === "I64" ? undefined : "but holds ids";
  const problem = weightTypeProblem(type);
  if (problem !== undefined) return problem;
  // A vector is an operand of that kind too, unless it is the one row of a router's matrix.
  const isElementwise =
    (shape.length < 2 && !name.includes("_gate_inp")) || ELEMENTWISE.some((pattern) => pattern.test(name));
  if (isElementwise && type !== "F32") return "but must be F32";
  return undefined;
}

/** Why no matrix of weights can be of this type; `undefined` when it can. */
export function weightTypeProblem(type: TensorType): string | undefined {
  return NEVER.has(type) ? "which weights cannot have" : undefined;
}
