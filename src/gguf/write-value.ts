import { ArgumentError } from "../errors.js";
import type { ByteSink } from "./byte-sink.js";
import { VALUE_BYTES, valueTypeId } from "./value-type-id.js";
import type { ArrayValue, GgufValue, NumberType, ScalarValue } from "./value.js";

/** Writes a value with its type in front; `key` names it in messages. */
export function writeValue(sink: ByteSink, key: string, value: GgufValue): void {
  sink.uint32(valueTypeId(value.type));
  if (value.type === "array") writeArray(sink, value);
  else writeScalar(sink, key, value);
}

function writeScalar(sink: ByteSink, key: string, value: ScalarValue): void {
  switch (value.type) {
    case "string":
      return sink.string(value.value);
    case "bool":
      return sink.uint8(value.value ? 1 : 0);
    case "uint64":
      return sink.uint64(inRange(key, value.value, 0n, 2n ** 64n - 1n));
    case "int64":
      return sink.uint64(BigInt.asUintN(64, inRange(key, value.value, -(2n ** 63n), 2n ** 63n - 1n)));
    default:
      return sink.bytes(encodeNumber(key, value.type, value.value));
  }
}

function inRange(key: string, value: number | bigint, least: bigint, most: bigint): bigint {
  const exact = typeof value === "bigint" || Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (exact === undefined || exact < least || exact > most) {
    throw new ArgumentError(`metadata[${JSON.stringify(key)}]`, `an integer from ${least} to ${most}`, value);
  }
  return exact;
}

const INTEGER_RANGES = {
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
} as const;

function encodeNumber(key: string, type: NumberType, value: number): Uint8Array {
  const bytes = new Uint8Array(VALUE_BYTES[type]);
  const view = new DataView(bytes.buffer);
  if (type === "float32") view.setFloat32(0, value, true);
  else if (type === "float64") view.setFloat64(0, value, true);
  else {
    const [least, most] = INTEGER_RANGES[type];
    inRange(key, value, BigInt(least), BigInt(most));
    if (bytes.byteLength === 1) view.setUint8(0, value);
    else if (bytes.byteLength === 2) view.setUint16(0, value, true);
    else view.setUint32(0, value, true);
  }
  return bytes;
}

function writeArray(sink: ByteSink, array: ArrayValue): void {
  sink.uint32(valueTypeId(array.itemType));
  sink.uint64(array.value.length);
  switch (array.itemType) {
    case "string":
      return array.value.forEach((item) => sink.string(item));
    case "bool":
      return array.value.forEach((item) => sink.uint8(item ? 1 : 0));
    case "array":
      return array.value.forEach((item) => writeArray(sink, item));
    default:
      return sink.bytes(new Uint8Array(array.value.buffer, array.value.byteOffset, array.value.byteLength));
  }
}
