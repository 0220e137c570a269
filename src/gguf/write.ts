import { ArgumentError } from "../errors.js";
import { ByteSink } from "./byte-sink.js";
import { MAX_DIMENSIONS, MAX_TENSOR_NAME_BYTES } from "./limits.js";
import { alignmentOf } from "./read.js";
import { contentBytes, type TensorContent } from "./tensor-content.js";
import { tensorByteLength, TENSOR_TYPES } from "./tensor-type.js";
import type { GgufValue } from "./value.js";
import { writeValue } from "./write-value.js";

/** What a GGUF file is made of. */
export interface GgufContent {
  /** Written in its own order. `general.alignment` in it sets the alignment of tensor data; the default is 32 bytes. */
  readonly metadata: ReadonlyMap<string, GgufValue> | Readonly<Record<string, GgufValue>>;
  /** Written in this order, data too. */
  readonly tensors?: readonly TensorContent[];
  /** Version of the format; the default is 3. Versions 2 and 3 have the same bytes but for this number. */
  readonly version?: 2 | 3;
}

/**
 * Writes a whole GGUF file into memory.
 *
 * @throws ArgumentError for a value out of its type's range, and for a tensor whose name, shape or data do not fit.
 * @example
 * const bytes = writeGguf({
 *   metadata: { "general.architecture": ggufValue.string("llama") },
 *   tensors: [{ name: "w", type: "F32", shape: [2], data: encodeTensor("F32", Float32Array.of(1, 2)) }],
 * });
 */
export function writeGguf(content: GgufContent): Uint8Array {
  const sink = new ByteSink();
  const alignment = writeHeader(sink, content);
  for (const tensor of content.tensors ?? []) {
    sink.pad(alignment);
    sink.bytes(contentBytes(tensor));
  }
  sink.pad(alignment);
  return sink.finish();
}

/** Writes a GGUF file into memory up to where the tensors' data would begin. Their data are not asked for. */
export function writeGgufHeader(content: GgufContent): Uint8Array {
  const sink = new ByteSink();
  sink.pad(writeHeader(sink, content));
  return sink.finish();
}

/** Writes everything in front of the tensors' data, without the padding after it, and returns the alignment. */
export function writeHeader(sink: ByteSink, content: GgufContent): number {
  const metadata = content.metadata instanceof Map ? content.metadata : new Map(Object.entries(content.metadata));
  const tensors = content.tensors ?? [];
  const alignment = alignmentOf(metadata);
  sink.bytes(Buffer.from("GGUF"));
  sink.uint32(content.version ?? 3);
  sink.uint64(tensors.length);
  sink.uint64(metadata.size);
  for (const [key, value] of metadata) {
    if (key === "") throw new ArgumentError("metadata", "an object without an empty key", content.metadata);
    sink.string(key);
    writeValue(sink, key, value);
  }
  writeTensorTable(sink, tensors, alignment);
  return alignment;
}

function writeTensorTable(sink: ByteSink, tensors: readonly TensorContent[], alignment: number): void {
  const names = new Set<string>();
  let offset = 0;
  for (const tensor of tensors) {
    const byteLength = checkTensor(tensor, names);
    names.add(tensor.name);
    sink.string(tensor.name);
    sink.uint32(tensor.shape.length);
    for (const length of tensor.shape) sink.uint64(length);
    sink.uint32(TENSOR_TYPES[tensor.type].id);
    sink.uint64(offset);
    offset = Math.ceil((offset + byteLength) / alignment) * alignment;
  }
}

function checkTensor({ name, type, shape, data }: TensorContent, taken: ReadonlySet<string>): number {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > MAX_TENSOR_NAME_BYTES || taken.has(name)) {
    throw new ArgumentError(
      "tensor name",
      `1 to ${MAX_TENSOR_NAME_BYTES} bytes of UTF-8 that no other tensor has`,
      name,
    );
  }
  const expected = shape.length > MAX_DIMENSIONS ? undefined : tensorByteLength(type, shape);
  if (expected === undefined) {
    throw new ArgumentError(
      `shape of tensor ${name}`,
      `at most ${MAX_DIMENSIONS} lengths, the first a multiple of ${TENSOR_TYPES[type].blockSize}`,
      [...shape],
    );
  }
  if (typeof data !== "function") contentBytes({ name, type, shape, data });
  return expected;
}
