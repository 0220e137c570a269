/** Weights so large that C's search for the nearest point of a grid overflows, and ends the process. */
import { closeSync, openSync, readSync } from "node:fs";
import { MullamaError } from "../errors.js";
import { type GgufHeader, splitPaths, type TensorInfo, validateGgufFile } from "../gguf/index.js";
import type { QuantizedTensor } from "./quantize-plan.js";
import { keptTensors } from "./quantize-prune.js";

/** No model has such weights; with them and any imatrix that is let through, C was seen to survive ten times more. */
const LARGEST_WEIGHT = 1e6;
const CHUNK = 2 ** 24;

/**
 * Reads the tensors that become types with grids, a piece between two steps: those of F32 and BF16, for the other types
 * cannot hold such numbers.
 */
export function* scanWeights(
  input: string,
  header: GgufHeader,
  tensors: readonly QuantizedTensor[],
  pruneLayers: readonly number[] = [],
): Generator<void> {
  const kept = keptTensors(header, pruneLayers);
  const gridded = tensors.filter(({ from, to }) => /^IQ[123]/.test(to) && (from === "F32" || from === "BF16"));
  const names = new Set(gridded.map(({ name }) => kept.get(name)?.name));
  if (names.size === 0) return;
  for (const path of splitPaths(input, header)) {
    for (const tensor of validateGgufFile(path).tensors.values())
      if (names.has(tensor.name)) yield* scanTensor(path, tensor);
  }
}

function* scanTensor(path: string, { name, type, offset, byteLength }: TensorInfo): Generator<void> {
  const descriptor = openSync(path, "r");
  const chunk = new Uint8Array(Math.min(CHUNK, byteLength));
  try {
    for (let done = 0; done < byteLength;) {
      const length = readSync(descriptor, chunk, 0, Math.min(chunk.length, byteLength - done), offset + done);
      if (length === 0) throw new MullamaError("QUANTIZE_FAILED", `${path} became shorter meanwhile.`);
      // A read may end within a number.
      const whole = length - (length % 4);
      if (largest(chunk.buffer, type, whole) > LARGEST_WEIGHT)
        throw new MullamaError("QUANTIZE_FAILED", `Tensor ${name} has weights beyond ${LARGEST_WEIGHT}.`);
      done += whole === 0 ? length : whole;
      yield;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The largest magnitude: without its sign, a float's bits are ordered as its values. */
function largest(buffer: ArrayBuffer, type: TensorInfo["type"], byteLength: number): number {
  const words =
    type === "F32" ? new Uint32Array(buffer, 0, byteLength / 4) : new Uint16Array(buffer, 0, byteLength / 2);
  const mask = type === "F32" ? 0x7fffffff : 0x7fff;
  let bits = 0;
  for (let index = 0; index < words.length; index++) {
    const magnitude = (words[index] ?? 0) & mask;
    if (magnitude > bits) bits = magnitude;
  }
  return new Float32Array(Uint32Array.of(type === "F32" ? bits : bits << 16).buffer)[0] ?? 0;
}
