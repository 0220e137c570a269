/** Chooses how many layers go to GPUs and how large the context is, so that everything fits. */
import { MullamaError } from "../../errors.js";
import { estimateMemory, type MemoryEstimate, type MemoryUse } from "./memory-estimate.js";
import type { ModelShape } from "./model-shape.js";

/** Memory that there is, in bytes. */
export interface FreeMemory {
  /** Of the host. */
  readonly host: number;
  /** Of each GPU. */
  readonly gpus: readonly { readonly name: string; readonly free: number }[];
}

/** What is asked for; `auto` is chosen here. */
export interface FitWish extends Omit<MemoryUse, "gpuLayers" | "contextSize"> {
  readonly gpuLayers: number | "auto";
  readonly contextSize: number | "auto";
}

/** What was chosen, and why. */
export interface FitReport {
  readonly gpuLayers: number;
  readonly contextSize: number;
  readonly estimate: MemoryEstimate;
  /** One sentence for each choice. */
  readonly reasons: readonly string[];
}

/** Left free on each GPU for what the driver and others need, and of the host's memory for everything else. */
const GPU_MARGIN = 512 * 2 ** 20;
const HOST_SHARE = 0.85;
/** The context does not get smaller than this for the sake of more layers on a GPU. */
const LEAST_CONTEXT = 2048;
/** Contexts are a multiple of this. */
const STEP = 256;

/**
 * The most layers on GPUs, and with them the largest context up to what the model was trained for.
 *
 * @throws {MullamaError} `OUT_OF_SPACE` where `contextSize: "auto"` has no size that fits
 */
export function autoFit(shape: ModelShape, free: FreeMemory, wish: FitWish): FitReport {
  const reasons: string[] = [];
  const least = wish.contextSize === "auto" ? Math.min(LEAST_CONTEXT, shape.trainedContextSize) : wish.contextSize;
  const gpuLayers = wish.gpuLayers === "auto" ? mostLayers(shape, free, wish, least, reasons) : wish.gpuLayers;
  const contextSize =
    wish.contextSize === "auto" ? largestContext(shape, free, wish, gpuLayers, reasons) : wish.contextSize;
  return { gpuLayers, contextSize, estimate: estimateMemory(shape, { ...wish, gpuLayers, contextSize }), reasons };
}

function mostLayers(
  shape: ModelShape,
  { gpus }: FreeMemory,
  wish: FitWish,
  contextSize: number,
  reasons: string[],
): number {
  const all = shape.layers.length + 1;
  if (gpus.length === 0) {
    reasons.push("All layers are computed by the CPU: there is no GPU.");
    return 0;
  }
  const room = gpuRoom(gpus);
  for (let gpuLayers = all; gpuLayers > 0; gpuLayers--) {
    const { gpu } = estimateMemory(shape, { ...wish, gpuLayers, contextSize });
    if (gpu > room) continue;
    const names = gpus.map(({ name }) => name).join(", ");
    reasons.push(`${gpuLayers} of ${all} layers go to ${names}: they take ${gib(gpu)} of ${gib(room)}.`);
    return gpuLayers;
  }
  reasons.push(`All layers are computed by the CPU: not even one fits the ${gib(room)} of the GPU.`);
  return 0;
}

function largestContext(
  shape: ModelShape,
  free: FreeMemory,
  wish: FitWish,
  gpuLayers: number,
  reasons: string[],
): number {
  const fits = (contextSize: number): boolean => {
    const { host, gpu } = estimateMemory(shape, { ...wish, gpuLayers, contextSize });
    return host <= free.host * HOST_SHARE && gpu <= gpuRoom(free.gpus);
  };
  const most = Math.max(STEP, Math.floor(shape.trainedContextSize / STEP) * STEP);
  if (fits(most)) {
    reasons.push(`The context has room for ${most} tokens: all that the model was trained for.`);
    return most;
  }
  let [low, high] = [0, most / STEP];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle * STEP)) low = middle;
    else high = middle;
  }
  if (low === 0) {
    throw new MullamaError("OUT_OF_SPACE", `The model does not fit into the free memory (${gib(free.host)}).`, {
      hint: "Choose a smaller model or quantization, or set contextSize to try all the same.",
    });
  }
  reasons.push(`The context has room for ${low * STEP} tokens: more do not fit into the free memory.`);
  return low * STEP;
}

function gpuRoom(gpus: FreeMemory["gpus"]): number {
  return gpus.reduce((sum, { free }) => sum + Math.max(0, free - GPU_MARGIN), 0);
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
