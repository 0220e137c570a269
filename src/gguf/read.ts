import type { ByteSource } from "./byte-source.js";
import { Cursor } from "./cursor.js";
import { GgufError } from "./error.js";
import type { GgufHeader } from "./header.js";
import { MAX_KEY_BYTES, MAX_KEYS, MAX_TENSORS } from "./limits.js";
import { readTensorTable } from "./read-tensor-table.js";
import { readValue } from "./read-value.js";
import type { GgufValue } from "./value.js";

const MAGIC = 0x46554747; // "GGUF"
const DEFAULT_ALIGNMENT = 32;

/** Reads and checks everything in front of the tensors' data. */
export function readHeader(source: ByteSource): GgufHeader {
  const cursor = new Cursor(source);
  const version = readVersion(cursor);
  const tensorCount = readCount(cursor, "tensors", MAX_TENSORS);
  const keyCount = readCount(cursor, "metadata keys", MAX_KEYS);
  const metadata = readMetadata(cursor, keyCount);
  const alignment = alignmentOf(metadata);
  const { tensors, dataOffset } = readTensorTable(cursor, tensorCount, alignment, source.size);
  return { version, metadata, tensors, alignment, dataOffset, fileSize: source.size };
}

function readVersion(cursor: Cursor): 2 | 3 {
  if (cursor.remaining === 0) throw new GgufError("the file is empty", 0);
  if (cursor.uint32("the magic number") !== MAGIC) throw new GgufError(`the file does not start with "GGUF"`, 0);
  const version = cursor.uint32("the version");
  if (version === 2 || version === 3) return version;
  if (version !== 0 && (version & 0xffff) === 0)
    throw new GgufError("the file is big-endian, which is not supported", 4);
  throw new GgufError(`version ${version} is not supported, only 2 and 3`, 4);
}

function readCount(cursor: Cursor, what: string, most: number): number {
  const start = cursor.position;
  const count = cursor.size(`the number of ${what}`);
  if (count > most) throw new GgufError(`the file is said to have ${count} ${what}, but the limit is ${most}`, start);
  return count;
}

function readMetadata(cursor: Cursor, count: number): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const start = cursor.position;
    const key = cursor.string(`metadata key ${i}`, MAX_KEY_BYTES);
    if (key === "") throw new GgufError(`metadata key ${i} is empty`, start);
    // llama.cpp takes a key to end there, and might read another value than the one that was checked.
    if (key.includes("\0")) throw new GgufError(`metadata key ${i} has a NUL in it`, start);
    if (metadata.has(key)) throw new GgufError(`the metadata key ${JSON.stringify(key)} occurs twice`, start);
    metadata.set(key, readValue(cursor, `the value of ${JSON.stringify(key)}`));
  }
  return metadata;
}

/** The alignment that the metadata sets, or the default of 32 bytes. */
export function alignmentOf(metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get("general.alignment");
  if (value === undefined) return DEFAULT_ALIGNMENT;
  if (value.type !== "uint32") throw new GgufError(`general.alignment must be a uint32, but is of type ${value.type}`);
  if (value.value === 0 || (value.value & (value.value - 1)) !== 0) {
    throw new GgufError(`general.alignment must be a power of two, but is ${value.value}`);
  }
  return value.value;
}
