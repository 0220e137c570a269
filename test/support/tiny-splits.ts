import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { ggufValue, splitPath, writeGgufFile } from "../../src/gguf/index.js";
import { tinyDirectory } from "./tiny-directory.js";
import { buildTinyLlama, type TinyLlamaOptions } from "./tiny-llama.js";

/** A tiny llama in several files, named and marked as llama.cpp splits them; returns their paths, in order. */
export function tinySplits(count = 3, options: TinyLlamaOptions = {}): string[] {
  const whole = buildTinyLlama(options);
  const directory = mkdtempSync(join(tinyDirectory(), "splits-"));
  return Array.from({ length: count }, (_, index) => {
    const path = splitPath(join(directory, "tiny"), index, count);
    const marks = {
      "split.no": ggufValue.uint16(index),
      "split.count": ggufValue.uint16(count),
      "split.tensors.count": ggufValue.int32(whole.tensors.length),
    };
    const part = whole.tensors.filter((_tensor, i) => Math.floor((i * count) / whole.tensors.length) === index);
    writeGgufFile(path, { metadata: index === 0 ? { ...whole.metadata, ...marks } : marks, tensors: part });
    return path;
  });
}
