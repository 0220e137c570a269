import type { Cursor } from "./cursor.js";
import { GgufError } from "./error.js";
import { MAX_ARRAY_BYTES, MAX_ARRAY_DEPTH, MAX_ARRAY_OBJECTS, MAX_STRING_BYTES } from "./limits.js";
import { valueTypeOf, VALUE_BYTES } from "./value-type-id.js";
import { ggufValue, type ArrayValue, type GgufValue, type ScalarValue, type ValueType } from "./value.js";

/** Reads a value of any type; `what` names it in messages. */
export function readValue(cursor: Cursor, what: string): GgufValue {
  const type = readType(cursor, what);
  return type === "array" ? readArray(cursor, what, 1) : readScalar(cursor, type, what);
}

function readType(cursor: Cursor, what: string): ValueType {
  const start = cursor.position;
  const id = cursor.uint32(`the type of ${what}`);
  const type = valueTypeOf(id);
  if (type === undefined) throw new GgufError(`${what} has the unknown value type ${id}`, start);
  return type;
}

function readScalar(cursor: Cursor, type: Exclude<ValueType, "array">, what: string): ScalarValue {
  if (type === "string") return { type, value: cursor.string(what, MAX_STRING_BYTES) };
  if (type === "bool") return { type, value: cursor.uint8(what) !== 0 };
  if (type === "uint64" || type === "int64") {
    const bits = cursor.uint64(what);
    return { type, value: exactNumber(type === "int64" ? BigInt.asIntN(64, bits) : bits) };
  }
  const view = new DataView(cursor.bytes(VALUE_BYTES[type], what));
  return { type, value: readNumber(view, type) };
}

function readNumber(
  view: DataView,
  type: Exclude<ValueType, "array" | "string" | "bool" | "uint64" | "int64">,
): number {
  switch (type) {
    case "uint8":
      return view.getUint8(0);
    case "int8":
      return view.getInt8(0);
    case "uint16":
      return view.getUint16(0, true);
    case "int16":
      return view.getInt16(0, true);
    case "uint32":
      return view.getUint32(0, true);
    case "int32":
      return view.getInt32(0, true);
    case "float32":
      return view.getFloat32(0, true);
    case "float64":
      return view.getFloat64(0, true);
  }
}

function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function readArray(cursor: Cursor, what: string, depth: number): ArrayValue {
  const itemType = readType(cursor, what);
  const start = cursor.position;
  const count = cursor.size(`the length of ${what}`);
  const bytes = count * VALUE_BYTES[itemType];
  if (bytes > cursor.remaining) {
    throw new GgufError(
      `${what} is said to have ${count} items, but the file has only ${cursor.remaining} bytes left`,
      start,
    );
  }
  const holdsObjects = itemType === "string" || itemType === "bool" || itemType === "array";
  if (holdsObjects ? count > MAX_ARRAY_OBJECTS : bytes > MAX_ARRAY_BYTES) {
    throw new GgufError(`${what} is said to have ${count} items, which is absurd`, start);
  }
  if (itemType === "string") return ggufValue.array("string", readStrings(cursor, count, what));
  if (itemType === "array") return ggufValue.array("array", readArrays(cursor, count, what, depth));
  return readNumbers(itemType, cursor.bytes(bytes, what));
}

function readStrings(cursor: Cursor, count: number, what: string): string[] {
  const item = `an item of ${what}`;
  const strings: string[] = [];
  for (let i = 0; i < count; i++) strings.push(cursor.string(item, MAX_STRING_BYTES));
  return strings;
}

function readArrays(cursor: Cursor, count: number, what: string, depth: number): ArrayValue[] {
  if (depth >= MAX_ARRAY_DEPTH)
    throw new GgufError(`${what} nests arrays more than ${MAX_ARRAY_DEPTH} deep`, cursor.position);
  const arrays: ArrayValue[] = [];
  for (let i = 0; i < count; i++) arrays.push(readArray(cursor, what, depth + 1));
  return arrays;
}

// Typed arrays have the machine's byte order; every platform that runs llama.cpp's prebuilt libraries is little-endian.
function readNumbers(itemType: Exclude<ValueType, "string" | "array">, bytes: ArrayBuffer): ArrayValue {
  switch (itemType) {
    case "uint8":
      return ggufValue.array(itemType, new Uint8Array(bytes));
    case "int8":
      return ggufValue.array(itemType, new Int8Array(bytes));
    case "uint16":
      return ggufValue.array(itemType, new Uint16Array(bytes));
    case "int16":
      return ggufValue.array(itemType, new Int16Array(bytes));
    case "uint32":
      return ggufValue.array(itemType, new Uint32Array(bytes));
    case "int32":
      return ggufValue.array(itemType, new Int32Array(bytes));
    case "float32":
      return ggufValue.array(itemType, new Float32Array(bytes));
    case "float64":
      return ggufValue.array(itemType, new Float64Array(bytes));
    case "uint64":
      return ggufValue.array(itemType, new BigUint64Array(bytes));
    case "int64":
      return ggufValue.array(itemType, new BigInt64Array(bytes));
    case "bool":
      return ggufValue.array(
        itemType,
        Array.from(new Uint8Array(bytes), (byte) => byte !== 0),
      );
  }
}
