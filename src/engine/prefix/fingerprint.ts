import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { libraryVersion } from "../../llama/index.js";
import type { EngineOptions } from "../engine-options.js";

const BLOCKS = 16;
const BLOCK_BYTES = 1 << 16;

/**
 * Tells apart everything that a computed prefix depends on: the model's file, how its context computes, and the release
 * of llama.cpp. Of the file, its size and blocks spread over it are read, so that it takes no time for a large one.
 */
export function fingerprintOf({ path, model, typeK, typeV, flashAttention, unified, context }: EngineOptions): string {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([libraryVersion(), typeK, typeV, flashAttention, unified ?? true, context, model?.metadata]),
  );
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    hash.update(`\0${size}\0`);
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let index = 0; index < BLOCKS; index++) {
      const at = Math.floor((Math.max(0, size - BLOCK_BYTES) * index) / (BLOCKS - 1));
      hash.update(block.subarray(0, readSync(file, block, 0, BLOCK_BYTES, at)));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
