import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";
import { metadataNumber } from "../metadata.js";
import { splitCount } from "../split.js";

/** Tensors that llama.cpp takes as optional and then uses unasked, by architecture. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  t5: ["enc.blk.0.attn_rel_b.weight", "dec.blk.0.attn_rel_b.weight"],
  t5encoder: ["enc.blk.0.attn_rel_b.weight"],
};

/** Refuses a model without a tensor whose absence llama.cpp overlooks. */
export function checkRequiredTensors(header: GgufHeader, architecture: string): void {
  if (header.tensors.size === 0) return; // A vocabulary without a model.
  const tensors = metadataNumber(header.metadata, "split.tensors.count") ?? 0;
  if (splitCount(header) > 1 && header.tensors.size < tensors) return; // One of several files, looked at by itself.
  checkTrunk(header, architecture);
  for (const name of REQUIRED[architecture] ?? []) {
    if (!header.tensors.has(name)) throw new GgufError(`tensor ${JSON.stringify(name)} is missing`);
  }
}

/**
 * A file may hold a model's extra prediction layers alone. llama.cpp takes one without the first layer's norm for such,
 * and then overlooks whatever else is missing.
 */
function checkTrunk(header: GgufHeader, architecture: string): void {
  const extra = metadataNumber(header.metadata, `${architecture}.nextn_predict_layers`) ?? 0;
  if (extra === 0 || header.tensors.has("blk.0.attn_norm.weight")) return;
  const trunk = (metadataNumber(header.metadata, `${architecture}.block_count`) ?? 0) - extra;
  for (const name of header.tensors.keys()) {
    const layer = /^blk\.(\d+)\./.exec(name)?.[1];
    if (layer !== undefined && Number(layer) < trunk) throw new GgufError(`tensor "blk.0.attn_norm.weight" is missing`);
  }
}
