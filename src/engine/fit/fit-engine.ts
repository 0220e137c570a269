import { freemem } from "node:os";
import { GgufFile, type GgufHeader, splitPaths } from "../../gguf/index.js";
import { devices } from "../../llama/index.js";
import type { CheckedOptions } from "../engine-parts.js";
import { autoFit, type FitReport, type FitWish, type FreeMemory } from "./auto-fit.js";
import { type ModelShape, readModelShape } from "./model-shape.js";

/** llama.cpp's defaults, and the engine's. */
const DEFAULT_CONTEXT = 4096;
const MICRO_BATCH = 512;

/** Chooses what the options leave open, from the file's header and the memory that is free now. */
export function fitEngine(options: CheckedOptions): FitReport {
  const shape = shapeOf(options.path);
  return autoFit(shape, freeMemory(options), wishOf(shape, options));
}

function shapeOf(path: string): ModelShape {
  const first = headerOf(path);
  const paths = splitPaths(path, first);
  if (paths.length === 1) return readModelShape(first);
  const tensors = new Map(paths.flatMap((part) => [...headerOf(part).tensors]));
  return readModelShape({ ...first, tensors });
}

function headerOf(path: string): GgufHeader {
  using file = GgufFile.open(path);
  return file.header;
}

function wishOf(shape: ModelShape, options: CheckedOptions): FitWish {
  const { parallel, cachedSequences, unified, batchSize, typeK = "f16", typeV = "f16", context = {} } = options;
  const fallback = Math.max(256, Math.min(shape.trainedContextSize, DEFAULT_CONTEXT));
  return {
    gpuLayers: options.gpuLayers ?? "auto",
    contextSize: options.contextSize ?? fallback,
    expertsOnCpu: options.expertsOnCpu ?? false,
    sequences: parallel + cachedSequences,
    unified,
    microBatchSize: Math.min(batchSize, MICRO_BATCH),
    maxOutputs: options.maxOutputs,
    typeK,
    typeV,
    flashAttention: options.flashAttention !== "off",
    swaFull: context.swaFull ?? true,
  };
}

/** What this process can have now: within its limits, what the system can give without pushing others out. */
function freeMemory({ model }: CheckedOptions): FreeMemory {
  const wanted = model?.devices;
  const gpus = devices().filter(
    ({ type, name }) =>
      (type === "gpu" || type === "integrated-gpu") && (wanted === undefined || wanted.includes(name)),
  );
  return {
    host: process.availableMemory?.() ?? freemem(),
    gpus: gpus.map(({ name, memory }) => ({ name, free: memory.free })),
  };
}
