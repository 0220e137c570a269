import type { CacheType, FlashAttention } from "../../../llama/index.js";
import type { BenchOptions } from "./add-bench.js";

/** How a context is made for what is measured. */
export interface Setting {
  /** Undefined: the physical cores. */
  readonly threads: number | undefined;
  readonly batch: number;
  readonly ubatch: number;
  readonly typeK: CacheType;
  readonly typeV: CacheType;
  readonly flashAttention: FlashAttention;
}

/** What is measured: tokens read at once, and tokens computed one by one, behind so many that are there already. */
export interface Workload {
  readonly prompt: number;
  readonly gen: number;
  readonly depth: number;
}

/** A model on so many layers of a GPU. */
export interface Loading {
  readonly model: string;
  /** Undefined: all. */
  readonly gpuLayers: number | undefined;
}

/** Every way to load the models. */
export function loadings(models: readonly string[], { gpuLayers = [] }: BenchOptions): Loading[] {
  const layers = gpuLayers.length === 0 ? [undefined] : gpuLayers;
  return models.flatMap((model) => layers.map((count) => ({ model, gpuLayers: count })));
}

/** Every combination of what contexts are made of. */
export function settings(options: BenchOptions): Setting[] {
  const threads = options.threads ?? [undefined];
  return threads.flatMap((count) =>
    options.batch.flatMap((batch) =>
      options.ubatch.flatMap((ubatch) =>
        options.cacheTypeK.flatMap((typeK) =>
          options.cacheTypeV.flatMap((typeV) =>
            options.flashAttention.map((flashAttention) => {
              return { threads: count, batch, ubatch: Math.min(batch, ubatch), typeK, typeV, flashAttention };
            }),
          ),
        ),
      ),
    ),
  );
}

/** Prompts first, then generation, each at every depth. */
export function workloads({ prompt, gen, depth }: BenchOptions): Workload[] {
  const reads = prompt.filter((tokens) => tokens > 0).map((tokens) => ({ prompt: tokens, gen: 0 }));
  const writes = gen.filter((tokens) => tokens > 0).map((tokens) => ({ prompt: 0, gen: tokens }));
  return [...reads, ...writes].flatMap((work) => depth.map((tokens) => ({ ...work, depth: tokens })));
}

/** llama-bench's name for a workload: `pp512`, `tg128 @ d4096`. */
export function workloadName({ prompt, gen, depth }: Workload): string {
  const name = gen > 0 ? `tg${gen}` : `pp${prompt}`;
  return depth > 0 ? `${name} @ d${depth}` : name;
}
