/** Leaving out layers of a model while it is quantized. */
import { ArgumentError, MullamaError } from "../errors.js";
import {
  type GgufHeader,
  metadataNumber,
  metadataString,
  splitPaths,
  type TensorInfo,
  validateGgufFile,
} from "../gguf/index.js";
import { checkArray, checkInteger } from "./check.js";

const LAYER = /blk\.(\d+)\./;

/** The layers to leave out, each once and in order, as C needs them. */
export function checkPruned(header: GgufHeader, layers: readonly number[]): number[] {
  if (checkArray("options.pruneLayers", layers).length === 0) return [];
  const architecture = metadataString(header.metadata, "general.architecture") ?? "";
  const count = metadataNumber(header.metadata, `${architecture}.block_count`) ?? 0;
  layers.forEach((layer, index) => checkInteger(`options.pruneLayers[${index}]`, layer, 0, count - 1));
  const pruned = [...new Set(layers)].sort((one, other) => one - other);
  if (pruned.length >= count) throw new ArgumentError("options.pruneLayers", `fewer than all ${count} layers`, layers);
  if (pruned.length > 0 && [...header.tensors.keys()].some((name) => LAYER.test(name) && !name.startsWith("blk."))) {
    // Two stacks of layers, which C would count as one.
    throw new MullamaError("UNSUPPORTED", "Layers of an encoder-decoder model cannot be pruned.");
  }
  return pruned;
}

/** The tensors that are left, by their names in the result: layers are numbered anew. */
export function keptTensors(header: GgufHeader, pruneLayers: readonly number[] = []): Map<string, TensorInfo> {
  const kept = new Map<string, TensorInfo>();
  for (const tensor of header.tensors.values()) {
    const layer = layerOf(tensor.name);
    if (layer !== undefined && pruneLayers.includes(layer)) continue;
    const before = layer === undefined ? 0 : new Set(pruneLayers.filter((pruned) => pruned < layer)).size;
    const name = before === 0 ? tensor.name : tensor.name.replace(LAYER, `blk.${(layer ?? 0) - before}.`);
    kept.set(name, tensor);
  }
  return kept;
}

/** C cannot keep a split of which nothing is left. */
export function checkSplits(input: string, header: GgufHeader, pruneLayers: readonly number[] = []): void {
  const emptied = splitPaths(input, header).find((path, index) => {
    return index > 0 && keptTensors(validateGgufFile(path), pruneLayers).size === 0;
  });
  if (emptied === undefined) return;
  throw new MullamaError("UNSUPPORTED", `Nothing would be left in ${emptied}.`, { hint: "Leave out keepSplit." });
}

function layerOf(name: string): number | undefined {
  const layer = LAYER.exec(name)?.[1];
  return layer === undefined ? undefined : Number(layer);
}
