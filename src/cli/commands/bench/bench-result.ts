import { basename } from "node:path";
import { type Model, devices } from "../../../llama/index.js";
import { openLibrary, release } from "../../../native/index.js";
import type { Loading, Setting, Workload } from "./bench-plan.js";

/** One measurement, with the names that llama-bench gives its fields. */
export interface BenchResult {
  readonly build_commit: string;
  readonly cpu_info: string;
  readonly gpu_info: string;
  readonly backends: string;
  readonly model_filename: string;
  readonly model_type: string;
  readonly model_size: number;
  readonly model_n_params: number;
  readonly n_batch: number;
  readonly n_ubatch: number;
  readonly n_threads: number;
  readonly type_k: string;
  readonly type_v: string;
  readonly n_gpu_layers: number;
  readonly flash_attn: string;
  readonly n_prompt: number;
  readonly n_gen: number;
  readonly n_depth: number;
  readonly test_time: string;
  readonly avg_ns: number;
  readonly stddev_ns: number;
  readonly avg_ts: number;
  readonly stddev_ts: number;
  readonly samples_ns: readonly number[];
  readonly samples_ts: readonly number[];
}

interface Measured {
  readonly model: Model;
  readonly loading: Loading;
  readonly setting: Setting;
  readonly work: Workload;
  readonly threads: number;
  readonly nanoseconds: readonly number[];
}

export function benchResult({ model, loading, setting, work, threads, nanoseconds }: Measured): BenchResult {
  const speeds = nanoseconds.map((time) => (work.prompt + work.gen) / (time / 1e9));
  const known = devices();
  const named = (...types: readonly string[]): string =>
    known
      .filter(({ type }) => types.includes(type))
      .map(({ description }) => description)
      .join(", ");
  return {
    build_commit: release.commit.slice(0, 8),
    cpu_info: named("cpu"),
    gpu_info: named("gpu", "integrated-gpu"),
    backends: openLibrary().backend.toUpperCase(),
    model_filename: basename(loading.model),
    model_type: model.description,
    model_size: model.size,
    model_n_params: model.parameters,
    n_batch: setting.batch,
    n_ubatch: setting.ubatch,
    n_threads: threads,
    type_k: setting.typeK,
    type_v: setting.typeV,
    n_gpu_layers: loading.gpuLayers ?? -1,
    flash_attn: setting.flashAttention,
    n_prompt: work.prompt,
    n_gen: work.gen,
    n_depth: work.depth,
    test_time: new Date().toISOString(),
    avg_ns: Math.round(mean(nanoseconds)),
    stddev_ns: Math.round(deviation(nanoseconds)),
    avg_ts: mean(speeds),
    stddev_ts: deviation(speeds),
    samples_ns: nanoseconds,
    samples_ts: speeds,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample. */
function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
