import { ArgumentError } from "../errors.js";
import { GGML_MAX_N_THREADS, ggml_sched_priority, type ggml_threadpool_params } from "../native/index.js";
import { checkArray, checkBoolean, checkInteger, checkOneOf, checkOptions } from "./check.js";
import { api } from "./library.js";

/** How the system's scheduler prefers a thread. All but `low` and `normal` need privileges on most systems. */
export type ThreadPriority = "low" | "normal" | "medium" | "high" | "realtime";

const priorities: Readonly<Record<ThreadPriority, ggml_sched_priority>> = {
  low: ggml_sched_priority.GGML_SCHED_PRIO_LOW,
  normal: ggml_sched_priority.GGML_SCHED_PRIO_NORMAL,
  medium: ggml_sched_priority.GGML_SCHED_PRIO_MEDIUM,
  high: ggml_sched_priority.GGML_SCHED_PRIO_HIGH,
  realtime: ggml_sched_priority.GGML_SCHED_PRIO_REALTIME,
};

/** What threads a pool has (`struct ggml_threadpool_params`). */
export interface ThreadpoolOptions {
  /** Number of threads, the one that computes included: 1 to 512. */
  readonly threads: number;
  /** Default `normal`: what the process has. Another one is also given to the thread that makes the pool. */
  readonly priority?: ThreadPriority;
  /** How eagerly idle threads look for work, from 0 (sleep at once) to 100 (never sleep). Default 50. */
  readonly poll?: number;
  /** The processors to run on, by number from 0 to 511. Default: any. They also bind the thread that makes the pool. */
  readonly processors?: readonly number[];
  /** Bind each thread to one of `processors`, in turn. Default false. */
  readonly strict?: boolean;
  /** Begin paused; the first computation wakes it. Default false. */
  readonly paused?: boolean;
}

const known: readonly (keyof ThreadpoolOptions)[] = ["threads", "priority", "poll", "processors", "strict", "paused"];

export function threadpoolParams(options: ThreadpoolOptions): ggml_threadpool_params {
  checkOptions("options", options, known);
  const { priority = "normal", poll = 50, processors = [], strict = false, paused = false } = options;
  const params = api().ggml_threadpool_params_default(
    checkInteger("options.threads", options.threads, 1, GGML_MAX_N_THREADS),
  );
  params.prio = priorities[checkOneOf("options.priority", priority, Object.keys(priorities) as ThreadPriority[])];
  params.poll = checkInteger("options.poll", poll, 0, 100);
  params.cpumask = processorMask(processors);
  params.strict_cpu = checkBoolean("options.strict", strict);
  params.paused = checkBoolean("options.paused", paused);
  if (strict && processors.length === 0) {
    throw new ArgumentError("options.processors", "the processors to bind threads to, since strict is set", processors);
  }
  return params;
}

function processorMask(processors: readonly number[]): boolean[] {
  const mask = Array.from({ length: GGML_MAX_N_THREADS }, () => false);
  checkArray("options.processors", processors).forEach((processor, index) => {
    mask[checkInteger(`options.processors[${index}]`, processor, 0, GGML_MAX_N_THREADS - 1)] = true;
  });
  return mask;
}
