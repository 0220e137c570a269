import type { TensorType } from "./tensor-type.js";
import type { GgufValue } from "./value.js";

/** One row of a file's tensor table. */
export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  /** Elements in each dimension, the contiguous one first (ggml's order; the reverse of PyTorch's). */
  readonly shape: readonly number[];
  /** Where its data starts, in bytes from the start of the file. */
  readonly offset: number;
  /** Bytes of data. */
  readonly byteLength: number;
}

/** Everything in a GGUF file but the tensors' data. */
export interface GgufHeader {
  readonly version: 2 | 3;
  /** In the order of the file. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Every tensor's data starts at a multiple of this many bytes; a power of two. */
  readonly alignment: number;
  /** Where tensor data begins, in bytes from the start of the file. */
  readonly dataOffset: number;
  /** Size of the whole file in bytes. */
  readonly fileSize: number;
}
