import { ArgumentError } from "../errors.js";
import { tensorByteLength, type TensorType } from "./tensor-type.js";

/** A tensor to write. */
export interface TensorContent {
  /** At most 63 bytes of UTF-8. */
  readonly name: string;
  readonly type: TensorType;
  /** Elements in each dimension, the contiguous one first; at most four. */
  readonly shape: readonly number[];
  /**
   * Exactly the bytes that the type and the shape call for; see `encodeTensor`. A function is called when they are
   * needed, so that not all tensors have to be in memory at once.
   */
  readonly data: Uint8Array | (() => Uint8Array);
}

/**
 * A tensor's bytes.
 *
 * @throws ArgumentError when they are not as many as its type and shape call for.
 */
export function contentBytes({ name, type, shape, data }: TensorContent): Uint8Array {
  const bytes = typeof data === "function" ? data() : data;
  const expected = tensorByteLength(type, shape) ?? 0;
  if (bytes instanceof Uint8Array && bytes.byteLength === expected) return bytes;
  throw new ArgumentError(`data of tensor ${name}`, `a Uint8Array of ${expected} bytes`, bytes);
}
