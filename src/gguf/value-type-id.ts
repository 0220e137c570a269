import type { ValueType } from "./value.js";

const NAMES = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "bool",
  "string",
  "array",
  "uint64",
  "int64",
  "float64",
] as const satisfies readonly ValueType[];

/** The value type with this number in a GGUF file, or `undefined` when there is none. */
export function valueTypeOf(id: number): ValueType | undefined {
  return NAMES[id];
}

/** The number of a value type in a GGUF file. */
export function valueTypeId(type: ValueType): number {
  return (NAMES as readonly ValueType[]).indexOf(type);
}

/** Bytes of one value in a file; for strings and arrays, the least they can take. */
export const VALUE_BYTES: Readonly<Record<ValueType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  bool: 1,
  string: 8,
  array: 12,
  uint64: 8,
  int64: 8,
  float64: 8,
};
