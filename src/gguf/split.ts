import { GgufError } from "./error.js";
import type { GgufHeader } from "./header.js";

const NAME = /^(.*)-(\d{5,})-of-(\d{5,})\.gguf$/s;

/**
 * The path of one file of a model that is split into several, as `llama_split_path` names it.
 *
 * @param prefix What the names have in common.
 * @param index Number of the file, from 0.
 * @param count Number of files.
 * @example
 * splitPath("/models/big", 0, 3); // "/models/big-00001-of-00003.gguf"
 */
export function splitPath(prefix: string, index: number, count: number): string {
  return `${prefix}-${String(index + 1).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.gguf`;
}

/** Number of files that a model has by its first file's header; 1 for a model that is not split. */
export function splitCount(header: GgufHeader): number {
  const count = header.metadata.get("split.count");
  return count?.type === "uint16" && count.value > 1 ? count.value : 1;
}

/**
 * The paths of all files of a model, in order, from the path and the header of its first.
 *
 * @throws GgufError when the first file's name is not one of a first file.
 */
export function splitPaths(path: string, header: GgufHeader): string[] {
  const count = splitCount(header);
  if (count === 1) return [path];
  const prefix = NAME.exec(path)?.[1];
  if (prefix === undefined || splitPath(prefix, 0, count) !== path) {
    throw new GgufError(
      `${path} is the first of ${count} files, but is not named so: its name should end in ${splitPath("", 0, count)}`,
    );
  }
  return Array.from({ length: count }, (_, index) => splitPath(prefix, index, count));
}
