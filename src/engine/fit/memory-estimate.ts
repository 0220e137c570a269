/** How much memory a model and its context take, told from the model file's header alone. */
import type { CacheType } from "../../llama/index.js";
import type { ModelShape } from "./model-shape.js";

/** How the model is to run. */
export interface MemoryUse {
  /** Layers on GPUs, from the last; what comes after them counts as one. */
  readonly gpuLayers: number;
  /** Whether the weights of experts stay with the CPU. */
  readonly expertsOnCpu: boolean;
  readonly contextSize: number;
  readonly sequences: number;
  readonly unified: boolean;
  readonly microBatchSize: number;
  /** Most outputs of a micro-batch. */
  readonly maxOutputs: number;
  readonly typeK: CacheType;
  readonly typeV: CacheType;
  readonly flashAttention: boolean;
  /** Whether windowed layers keep everything. */
  readonly swaFull: boolean;
}

/** Bytes, by what they are for and where they are. */
export interface MemoryEstimate {
  readonly weights: { readonly host: number; readonly gpu: number };
  /** The KV cache, and recurrent states. */
  readonly cache: { readonly host: number; readonly gpu: number };
  /** What a computation works with; on the GPU, where layers are there. */
  readonly compute: { readonly host: number; readonly gpu: number };
  readonly output: number;
  readonly host: number;
  readonly gpu: number;
  readonly total: number;
}

/** Bytes of a number in the cache. */
const cacheBytes: Readonly<Record<CacheType, number>> = {
  f32: 4,
  f16: 2,
  bf16: 2,
  q8_0: 34 / 32,
  q4_0: 18 / 32,
  q4_1: 20 / 32,
  iq4_nl: 18 / 32,
  q5_0: 22 / 32,
  q5_1: 24 / 32,
};

export function estimateMemory(shape: ModelShape, use: MemoryUse): MemoryEstimate {
  const weights = { host: shape.inputWeights, gpu: 0 };
  const cache = { host: 0, gpu: 0 };
  // The last first: what comes after the layers is the first to go to a GPU.
  const firstOnGpu = shape.layers.length + 1 - use.gpuLayers;
  shape.layers.forEach((layer, index) => {
    const place = index >= firstOnGpu ? "gpu" : "host";
    weights[place] += layer.weights;
    weights[use.expertsOnCpu ? "host" : place] += layer.experts;
    cache[place] += layerCache(shape, index, use);
  });
  weights[use.gpuLayers > 0 ? "gpu" : "host"] += shape.outputWeights;
  const work = computeBytes(shape, use);
  const compute = use.gpuLayers > 0 ? { host: work / 4, gpu: work } : { host: work, gpu: 0 };
  const output = use.sequences * shape.vocabularySize * 4;
  const host = weights.host + cache.host + compute.host + output;
  const gpu = weights.gpu + cache.gpu + compute.gpu;
  return { weights, cache, compute, output, host, gpu, total: host + gpu };
}

function layerCache(shape: ModelShape, index: number, use: MemoryUse): number {
  const layer = shape.layers[index];
  if (layer === undefined) return 0;
  const cells = cellsOf(shape, layer.windowed, use);
  const streams = use.unified ? 1 : use.sequences;
  const cell = layer.keyWidth * cacheBytes[use.typeK] + layer.valueWidth * cacheBytes[use.typeV];
  return cells * streams * cell + use.sequences * layer.state * 4;
}

/** Tokens that a layer keeps, of one stream: llama.cpp rounds up to 256. */
function cellsOf({ window }: ModelShape, windowed: boolean, use: MemoryUse): number {
  const all = pad(use.unified ? use.contextSize : Math.ceil(use.contextSize / use.sequences));
  if (!windowed || use.swaFull) return all;
  return Math.min(all, pad(window * (use.unified ? use.sequences : 1) + use.microBatchSize));
}

function pad(count: number): number {
  return Math.ceil(count / 256) * 256;
}

/**
 * What a computation has in work at once: at its end the outputs, before that a layer's widest part. ggml lays tensors that
 * do not live at the same time into the same place, so it is the larger of the two. Checked in docs/memory-fit.md.
 */
function computeBytes(shape: ModelShape, use: MemoryUse): number {
  const { embeddingSize, vocabularySize, heads, innerSize, layers } = shape;
  const tokens = use.microBatchSize;
  const outputs = Math.min(tokens, use.maxOutputs);
  const atTheEnd = outputs * vocabularySize * 4 + 2 * tokens * embeddingSize * 4;
  const widest = Math.max(0, ...layers.map(({ feedForward }) => feedForward));
  const inALayer = tokens * 4 * Math.max(2 * embeddingSize + widest, embeddingSize + 6 * innerSize);
  return Math.max(atTheEnd, inALayer + attentionBytes(shape, use, tokens, heads));
}

/** The masks of both kinds of layers; without flash attention the scores too. */
function attentionBytes(shape: ModelShape, use: MemoryUse, tokens: number, heads: number): number {
  const attends = shape.layers.filter(({ keyWidth }) => keyWidth > 0);
  if (attends.length === 0) return 0;
  const kinds = [...new Set(attends.map(({ windowed }) => windowed))].map((windowed) => cellsOf(shape, windowed, use));
  if (use.flashAttention) return kinds.reduce((sum, cells) => sum + cells * tokens * 2, 0);
  return kinds.reduce((sum, cells) => sum + cells * tokens * 4, 0) + Math.max(...kinds) * tokens * heads * 4;
}
