/** The number types of a metadata value, as named in the GGUF specification. */
export type NumberType = "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32" | "float32" | "float64";

/** The type of a metadata value. */
export type ValueType = NumberType | "uint64" | "int64" | "bool" | "string" | "array";

/** Holder of an array's items, by item type. */
export interface ArrayItems {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
  uint64: BigUint64Array;
  int64: BigInt64Array;
  bool: readonly boolean[];
  string: readonly string[];
  /** Arrays in an array. The specification allows them; llama.cpp refuses files that have them. */
  array: readonly ArrayValue[];
}

/** A metadata value that is an array, with the type of its items. */
export type ArrayValue = {
  [T in ValueType]: { readonly type: "array"; readonly itemType: T; readonly value: ArrayItems[T] };
}[ValueType];

/**
 * A metadata value that is a single item. 64-bit integers are a `number` up to 2^53 - 1 either way, and a `bigint`
 * beyond. Bytes of a string that are not UTF-8 are lone surrogates, U+DC00 plus the byte.
 */
export type ScalarValue =
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: "uint64" | "int64"; readonly value: number | bigint }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string };

/** A metadata value with its exact type, so that writing what was read gives the same bytes. */
export type GgufValue = ScalarValue | ArrayValue;

/**
 * Makers of metadata values, one a type.
 *
 * @example
 * const metadata = { "general.architecture": ggufValue.string("llama"), "llama.block_count": ggufValue.uint32(2) };
 */
export const ggufValue = {
  uint8: (value: number): GgufValue => ({ type: "uint8", value }),
  int8: (value: number): GgufValue => ({ type: "int8", value }),
  uint16: (value: number): GgufValue => ({ type: "uint16", value }),
  int16: (value: number): GgufValue => ({ type: "int16", value }),
  uint32: (value: number): GgufValue => ({ type: "uint32", value }),
  int32: (value: number): GgufValue => ({ type: "int32", value }),
  uint64: (value: number | bigint): GgufValue => ({ type: "uint64", value }),
  int64: (value: number | bigint): GgufValue => ({ type: "int64", value }),
  float32: (value: number): GgufValue => ({ type: "float32", value }),
  float64: (value: number): GgufValue => ({ type: "float64", value }),
  bool: (value: boolean): GgufValue => ({ type: "bool", value }),
  string: (value: string): GgufValue => ({ type: "string", value }),
  array: <T extends ValueType>(itemType: T, value: ArrayItems[T]): ArrayValue =>
    ({ type: "array", itemType, value }) as ArrayValue,
} as const;
