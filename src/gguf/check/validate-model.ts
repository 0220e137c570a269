import { GgufError } from "../error.js";
import { validateGgufFile } from "../file.js";
import type { GgufHeader, TensorInfo } from "../header.js";
import { splitCount, splitPaths } from "../split.js";
import { checkModelMetadata } from "./check-model.js";

/**
 * Reads and checks a model's header before llama.cpp gets the file: {@link validateGgufFile}, then
 * {@link checkModelMetadata}, over all files of a split model.
 *
 * @param path The model, or the first file of one that is split.
 * @param splits All its files in order, where they are not named in llama.cpp's way.
 * @returns The first file's header, with the tensors of all files; their offsets are in the file that has them.
 * @throws MullamaError `MODEL_NOT_FOUND` when a file is missing.
 * @throws GgufError saying what is wrong, in which file and where.
 */
export function validateModelFile(path: string, splits?: readonly string[]): GgufHeader {
  const first = validateGgufFile(path);
  const paths = splits ?? splitPaths(path, first);
  if (paths.length !== splitCount(first))
    throw new GgufError(`${path} is one of ${splitCount(first)} files, but ${paths.length} are given`);
  const tensors = new Map(first.tensors);
  paths.slice(1).forEach((other, i) => addSplit(tensors, other, i + 1));
  const whole = { ...first, tensors };
  checkModelMetadata(whole);
  return whole;
}

function addSplit(tensors: Map<string, TensorInfo>, path: string, index: number): void {
  const header = validateGgufFile(path);
  const number = header.metadata.get("split.no");
  if (number?.type !== "uint16" || number.value !== index) {
    const actual =
      number === undefined || number.type === "array" ? "none" : `${String(number.value)} of type ${number.type}`;
    throw new GgufError(`${path} must have split.no as ${index} of type uint16, but has ${actual}`);
  }
  for (const [name, tensor] of header.tensors) {
    if (tensors.has(name)) throw new GgufError(`tensor ${JSON.stringify(name)} is in ${path} and in a file before it`);
    tensors.set(name, tensor);
  }
}
