/** How one tensor type lies in memory. */
export interface TensorTypeLayout {
  /** Number of the type in a GGUF file (`enum ggml_type`). */
  readonly id: number;
  /** Elements a block; a row's length must be a multiple of it. */
  readonly blockSize: number;
  /** Bytes a block. */
  readonly typeSize: number;
}

// Rows: name, id, elements a block, bytes a block. Ids missing here were removed from ggml.
const TABLE = {
  F32: layout(0, 1, 4),
  F16: layout(1, 1, 2),
  Q4_0: layout(2, 32, 18),
  Q4_1: layout(3, 32, 20),
  Q5_0: layout(6, 32, 22),
  Q5_1: layout(7, 32, 24),
  Q8_0: layout(8, 32, 34),
  Q8_1: layout(9, 32, 36),
  Q2_K: layout(10, 256, 84),
  Q3_K: layout(11, 256, 110),
  Q4_K: layout(12, 256, 144),
  Q5_K: layout(13, 256, 176),
  Q6_K: layout(14, 256, 210),
  Q8_K: layout(15, 256, 292),
  IQ2_XXS: layout(16, 256, 66),
  IQ2_XS: layout(17, 256, 74),
  IQ3_XXS: layout(18, 256, 98),
  IQ1_S: layout(19, 256, 50),
  IQ4_NL: layout(20, 32, 18),
  IQ3_S: layout(21, 256, 110),
  IQ2_S: layout(22, 256, 82),
  IQ4_XS: layout(23, 256, 136),
  I8: layout(24, 1, 1),
  I16: layout(25, 1, 2),
  I32: layout(26, 1, 4),
  I64: layout(27, 1, 8),
  F64: layout(28, 1, 8),
  IQ1_M: layout(29, 256, 56),
  BF16: layout(30, 1, 2),
  TQ1_0: layout(34, 256, 54),
  TQ2_0: layout(35, 256, 66),
  MXFP4: layout(39, 32, 17),
  NVFP4: layout(40, 64, 36),
  Q1_0: layout(41, 128, 18),
  Q2_0: layout(42, 64, 18),
} as const;

/** Name of a tensor type that a GGUF file can hold, as ggml spells it: `"F32"`, `"Q4_K"`. */
export type TensorType = keyof typeof TABLE;

/** Every tensor type of the pinned ggml release, by name. */
export const TENSOR_TYPES: Readonly<Record<TensorType, TensorTypeLayout>> = TABLE;

const BY_ID = new Map(Object.entries(TABLE).map(([name, { id }]) => [id, name as TensorType]));

/** The name of the tensor type with this number, or `undefined` for a number that ggml does not know or has removed. */
export function tensorTypeOf(id: number): TensorType | undefined {
  return BY_ID.get(id);
}

/**
 * Bytes that a tensor of this type and shape takes.
 *
 * @param shape Elements in each dimension, the contiguous one first.
 * @returns `undefined` when the rows do not divide into whole blocks, or the size is beyond 2^53.
 */
export function tensorByteLength(type: TensorType, shape: readonly number[]): number | undefined {
  const { blockSize, typeSize } = TABLE[type];
  const row = shape[0] ?? 1;
  if (row % blockSize !== 0) return undefined;
  // Every factor is checked, zero or not: ggml multiplies in 64 bits, where a zero later on undoes no overflow.
  let elements = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return undefined;
    elements *= Math.max(length, 1);
    if (elements > Number.MAX_SAFE_INTEGER) return undefined;
  }
  const bytes = (elements / blockSize) * typeSize;
  if (bytes > Number.MAX_SAFE_INTEGER) return undefined;
  return shape.includes(0) ? 0 : bytes;
}

function layout(id: number, blockSize: number, typeSize: number): TensorTypeLayout {
  return { id, blockSize, typeSize };
}
