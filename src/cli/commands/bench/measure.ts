import { type Context, type Model, Threadpool } from "../../../llama/index.js";
import type { Setting, Workload } from "./bench-plan.js";

/** A context with the threads that it computes on. */
export interface BenchContext extends Disposable {
  readonly context: Context;
}

/** A context for some workloads; it has its threads for as long as it lives. */
export function openContext(model: Model, setting: Setting, works: readonly Workload[]): BenchContext {
  const { threads, batch, ubatch, typeK, typeV, flashAttention } = setting;
  const contextSize = Math.max(...works.map(({ prompt, gen, depth }) => prompt + gen + depth));
  const context = model.createContext({
    contextSize,
    batchSize: batch,
    microBatchSize: ubatch,
    typeK,
    typeV,
    flashAttention,
    ...(threads === undefined ? {} : { threads, batchThreads: threads }),
  });
  const pool = new Threadpool({ threads: context.threads });
  context.attachThreadpool(pool);
  return {
    context,
    [Symbol.dispose]: () => {
      context.dispose();
      pool.dispose();
    },
  };
}

/** Does a workload several times, after one that does not count. @returns nanoseconds of each */
export function measure(context: Context, { prompt, gen, depth }: Workload, repetitions: number): number[] {
  const { size } = context.model.vocab;
  const random = (length: number): Int32Array => Int32Array.from({ length }, () => Math.floor(Math.random() * size));
  const run = (reads: number, writes: number): void => {
    decode(context, random(reads));
    for (let count = 0; count < writes; count++) decode(context, random(1));
    context.synchronize();
  };
  const fill = (): void => {
    context.memory.clear(false);
    run(depth, 0);
  };
  context.memory.clear(false);
  run(prompt, Math.min(gen, 1));
  fill();
  return Array.from({ length: repetitions }, () => {
    const begun = process.hrtime.bigint();
    run(prompt, gen);
    const nanoseconds = Number(process.hrtime.bigint() - begun);
    // A recurrent model cannot forget only the last tokens.
    if (!context.memory.remove(0, { from: depth })) fill();
    return nanoseconds;
  });
}

function decode(context: Context, tokens: Int32Array): void {
  const { batchSize } = context.limits;
  for (let at = 0; at < tokens.length; at += batchSize) context.decode(tokens.subarray(at, at + batchSize));
}
