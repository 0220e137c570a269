import { ArgumentError, MullamaError } from "../errors.js";
import { bfloat16FromNumber, float16FromNumber, numberFromBfloat16, numberFromFloat16 } from "./half.js";
import type { TensorType } from "./tensor-type.js";

/** The tensor types whose data {@link encodeTensor} and {@link decodeTensor} convert. */
export type FloatTensorType = Extract<TensorType, "F32" | "F16" | "BF16">;

/**
 * Converts numbers to a tensor's bytes.
 *
 * @param type `F32` keeps the numbers exactly; `F16` and `BF16` round to nearest, ties to even.
 */
export function encodeTensor(type: FloatTensorType, values: Float32Array): Uint8Array {
  if (type === "F32") return new Uint8Array(values.slice().buffer);
  const encode = type === "F16" ? float16FromNumber : bfloat16FromNumber;
  return new Uint8Array(Uint16Array.from(values, encode).buffer);
}

/**
 * Converts a tensor's bytes to numbers, exactly.
 *
 * @throws MullamaError `UNSUPPORTED` for a type other than `F32`, `F16` and `BF16`.
 * @throws ArgumentError when the bytes are no whole number of elements.
 */
export function decodeTensor(type: TensorType, bytes: Uint8Array): Float32Array {
  if (type !== "F32" && type !== "F16" && type !== "BF16") {
    throw new MullamaError(
      "UNSUPPORTED",
      `Tensors of type ${type} cannot be decoded to numbers; only F32, F16 and BF16 can.`,
    );
  }
  const elementBytes = type === "F32" ? 4 : 2;
  if (bytes.byteLength % elementBytes !== 0)
    throw new ArgumentError("bytes", `a multiple of ${elementBytes} bytes long`, bytes);
  const { buffer } = new Uint8Array(bytes); // Not bytes.slice(), which for a Buffer is no copy.
  if (type === "F32") return new Float32Array(buffer);
  return Float32Array.from(new Uint16Array(buffer), type === "F16" ? numberFromFloat16 : numberFromBfloat16);
}
