import type { Cursor } from "./cursor.js";
import { GgufError } from "./error.js";
import type { TensorInfo } from "./header.js";
import { MAX_DIMENSIONS, MAX_TENSOR_NAME_BYTES } from "./limits.js";
import { tensorByteLength, tensorTypeOf, TENSOR_TYPES, type TensorType } from "./tensor-type.js";

/** A row of the tensor table as it stands in the file: its offset counts from the start of the data. */
interface TensorRow {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly byteLength: number;
  readonly relativeOffset: number;
  /** Where in the file the row starts, for messages. */
  readonly at: number;
}

/** Reads `count` rows and places them: aligned, within the file, without overlap. */
export function readTensorTable(
  cursor: Cursor,
  count: number,
  alignment: number,
  fileSize: number,
): { tensors: Map<string, TensorInfo>; dataOffset: number } {
  const rows = new Map<string, TensorRow>();
  for (let i = 0; i < count; i++) {
    const row = readRow(cursor, i);
    if (rows.has(row.name)) throw new GgufError(`two tensors are named ${JSON.stringify(row.name)}`, row.at);
    rows.set(row.name, row);
  }
  const dataOffset = Math.ceil(cursor.position / alignment) * alignment;
  checkPlacement([...rows.values()], alignment, dataOffset, fileSize);
  const tensors = new Map<string, TensorInfo>();
  for (const { name, type, shape, byteLength, relativeOffset } of rows.values()) {
    tensors.set(name, { name, type, shape, byteLength, offset: dataOffset + relativeOffset });
  }
  return { tensors, dataOffset };
}

function readRow(cursor: Cursor, index: number): TensorRow {
  const at = cursor.position;
  const name = cursor.string(`the name of tensor ${index}`, MAX_TENSOR_NAME_BYTES);
  if (name === "" || name.includes("\0")) throw new GgufError(`tensor ${index} has no usable name`, at);
  const what = `tensor ${JSON.stringify(name)}`;
  const shape = readShape(cursor, what);
  const typeAt = cursor.position;
  const id = cursor.uint32(`the type of ${what}`);
  const type = tensorTypeOf(id);
  if (type === undefined) throw new GgufError(`${what} has the unknown tensor type ${id}`, typeAt);
  const byteLength = tensorByteLength(type, shape);
  if (byteLength === undefined) {
    const rule = `rows of a multiple of ${TENSOR_TYPES[type].blockSize} elements and fewer than 2^53 bytes`;
    throw new GgufError(`${what} of type ${type} has the shape [${shape.join(", ")}], which does not give ${rule}`, at);
  }
  return { name, type, shape, byteLength, relativeOffset: cursor.size(`the offset of ${what}`), at };
}

function readShape(cursor: Cursor, what: string): number[] {
  const start = cursor.position;
  const dimensions = cursor.uint32(`the number of dimensions of ${what}`);
  if (dimensions > MAX_DIMENSIONS) {
    throw new GgufError(`${what} has ${dimensions} dimensions, more than ${MAX_DIMENSIONS}`, start);
  }
  return Array.from({ length: dimensions }, () => cursor.size(`a dimension of ${what}`));
}

function checkPlacement(rows: TensorRow[], alignment: number, dataOffset: number, fileSize: number): void {
  for (const { name, relativeOffset, byteLength, at } of rows) {
    const what = `tensor ${JSON.stringify(name)}`;
    if (relativeOffset % alignment !== 0) {
      throw new GgufError(`${what} starts at offset ${relativeOffset}, which is not a multiple of ${alignment}`, at);
    }
    const end = dataOffset + relativeOffset + byteLength;
    if (end > fileSize) {
      throw new GgufError(`${what} ends at byte ${end}, but the file has only ${fileSize}; it may be incomplete`, at);
    }
  }
  const placed = [...rows].sort((a, b) => a.relativeOffset - b.relativeOffset || a.byteLength - b.byteLength);
  placed.reduce<TensorRow | undefined>((before, row) => {
    if (before !== undefined && before.relativeOffset + before.byteLength > row.relativeOffset) {
      throw new GgufError(`tensors ${JSON.stringify(before.name)} and ${JSON.stringify(row.name)} overlap`, row.at);
    }
    return row;
  }, undefined);
}
