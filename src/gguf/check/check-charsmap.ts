import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";

const KEY = "tokenizer.ggml.precompiled_charsmap";

/**
 * Refuses a table of character replacements that leads llama.cpp outside of it; it notices that while tokenizing, by an
 * exception that ends the process. The table is a trie in an array: a node's child for a byte stands at base XOR byte.
 */
export function checkCharsmap(header: GgufHeader): void {
  const value = header.metadata.get(KEY);
  if (value?.type !== "array" || (value.itemType !== "uint8" && value.itemType !== "int8") || value.value.length < 4)
    return;
  const bytes = new DataView(value.value.buffer, value.value.byteOffset, value.value.byteLength);
  const size = bytes.getUint32(0, true);
  if (size + 4 >= bytes.byteLength) return; // llama.cpp reports this one.
  const nodes = Uint32Array.from({ length: Math.floor(size / 4) }, (_, i) => bytes.getUint32(4 + i * 4, true));
  const replacements = new Uint8Array(bytes.buffer, bytes.byteOffset + 4 + size, bytes.byteLength - 4 - size);
  if (nodes.length > 0) walk(nodes, replacements.lastIndexOf(0));
}

function walk(nodes: Uint32Array, lastEnd: number): void {
  const seen = new Set<number>();
  const open = [baseOf(nodes[0] ?? 0)];
  for (let base = open.pop(); base !== undefined; base = open.pop()) {
    if (seen.has(base)) continue;
    seen.add(base);
    if ((base | 0xff) >>> 0 >= nodes.length) throw new GgufError(`${KEY} leads to node ${base} of ${nodes.length}`);
    for (let byte = 1; byte < 256; byte++) {
      const index = (base ^ byte) >>> 0;
      const node = nodes[index] ?? 0;
      if ((node & 0x800000ff) >>> 0 !== byte) continue;
      const next = (index ^ baseOf(node)) >>> 0;
      if ((node & 0x100) !== 0) checkReplacement(nodes, next, lastEnd);
      open.push(next);
    }
  }
}

function checkReplacement(nodes: Uint32Array, index: number, lastEnd: number): void {
  const start = index < nodes.length ? (nodes[index] ?? 0) & 0x7fffffff : Infinity;
  if (start > lastEnd) throw new GgufError(`${KEY} has a replacement at ${start}, outside of its text`);
}

function baseOf(node: number): number {
  return ((node >>> 10) << ((node & 0x200) >>> 6)) >>> 0;
}
