/** What a quantization does to each tensor, as a dry run of C's tells it; and whether C will survive doing it. */
import { type LogLine, MullamaError } from "../errors.js";
import { type GgufHeader, TENSOR_TYPES, tensorByteLength, type TensorInfo, type TensorType } from "../gguf/index.js";
import type { ggml_type } from "../native/index.js";
import { api } from "./library.js";
import { keptTensors } from "./quantize-prune.js";
import type { QuantizeOptions } from "./quantize-options.js";

/** A tensor before and after. */
export interface QuantizedTensor {
  /** Its name in the result. */
  readonly name: string;
  readonly from: TensorType;
  readonly to: TensorType;
  /** Bytes of its data after. */
  readonly byteLength: number;
}

/** `[   1/  20] blk.0.attn_q.weight                  - [  64,   64,    1,    1], type =    f32, ` */
const TENSOR = /^\[\s*\d+\/\s*\d+\] (.+?)\s+- \[.*\], type =\s+(\S+), /;
/** `size =     0.02 MiB ->     0.01 MiB (q8_0)`, which a tensor that stays as it is does not have. */
const CHANGE = /^size = .* MiB -> .* MiB \((\S+)\)/;

export function readPlan(log: readonly LogLine[], header: GgufHeader, options: QuantizeOptions): QuantizedTensor[] {
  const inputs = keptTensors(header, options.pruneLayers);
  const plan: QuantizedTensor[] = [];
  let row: { readonly name: string; readonly from: TensorType; to: TensorType } | undefined;
  const finish = (): void => {
    const input = row === undefined ? undefined : inputs.get(row.name);
    if (row !== undefined && input !== undefined) plan.push(checkRow({ ...row, input }, options));
    row = undefined;
  };
  for (const { text } of log) {
    const [, name, type] = TENSOR.exec(text) ?? [];
    if (name !== undefined) {
      finish();
      row = { name, from: toType(type), to: toType(type) };
    }
    const to = CHANGE.exec(text)?.[1];
    if (to !== undefined && row !== undefined) row.to = toType(to);
  }
  finish();
  if (plan.length === inputs.size) return plan;
  throw new MullamaError("QUANTIZE_FAILED", "llama.cpp did not say what it would do with every tensor.", { log });
}

/** C writes types as `q4_K` and `f16`. */
function toType(name: string | undefined): TensorType {
  const type = (Object.keys(TENSOR_TYPES) as TensorType[]).find((known) => known === name?.toUpperCase());
  if (type === undefined) throw new MullamaError("QUANTIZE_FAILED", `llama.cpp named an unknown tensor type, ${name}.`);
  return type;
}

interface Row {
  readonly name: string;
  readonly from: TensorType;
  readonly to: TensorType;
  readonly input: TensorInfo;
}

/** C asserts all of this instead of reporting it, or does not look at all. */
function checkRow({ name, from, to, input }: Row, options: QuantizeOptions): QuantizedTensor {
  const fail = (why: string, hint?: string): never => {
    throw new MullamaError("QUANTIZE_FAILED", `Tensor ${name} cannot become ${to}: ${why}.`, { hint });
  };
  const { shape } = input;
  const [row = 1, , experts = 1, more = 1] = shape;
  if (shape.includes(0)) fail("it is empty");
  const byteLength =
    tensorByteLength(to, shape) ?? fail(`its rows of ${row} are no multiple of ${TENSOR_TYPES[to].blockSize}`);
  if (from === to) return { name, from, to, byteLength };
  if (more > 1) fail("it has four dimensions");
  if (TENSOR_TYPES[from].blockSize > 1 && options.allowRequantize !== true) {
    fail(`it is quantized already, as ${from}`, "Quantize the original, or set allowRequantize.");
  }
  const importance = options.imatrix?.[input.name];
  if (importance?.length !== row * experts && api().ggml_quantize_requires_imatrix(TENSOR_TYPES[to].id as ggml_type)) {
    fail(`that needs an imatrix with ${row * experts} values for ${input.name}`);
  }
  return { name, from, to, byteLength };
}
