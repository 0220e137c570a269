import type { PageMetrics } from "../../src/server/web/page-metrics.js";

/** What the charts show of one moment. */
export interface Sample {
  readonly time: number;
  /** Tokens a second since the sample before. */
  readonly written: number;
  readonly read: number;
  readonly running: number;
  readonly waiting: number;
  readonly serverBytes: number;
  readonly modelBytes: number;
  readonly totalBytes: number;
  readonly models: PageMetrics["models"];
}

/** As many as are shown, one a second. */
const KEPT = 120;

/** The samples with one more. */
export function addSample(
  samples: readonly Sample[],
  before: PageMetrics | undefined,
  now: PageMetrics,
): readonly Sample[] {
  const seconds = before === undefined ? 1 : Math.max(0.1, (now.time - before.time) / 1000);
  const sum = (count: (one: PageMetrics["models"][number]) => number): number =>
    now.models.reduce((total, one) => total + count(one), 0);
  /** Of a model that was loaded in between, everything is new; before the first sample, nothing. */
  const grown = (key: "prompt" | "completion"): number =>
    before === undefined
      ? 0
      : sum(({ id, loadedAt, metrics }) => {
          const same = before.models.find((one) => one.id === id && one.loadedAt === loadedAt);
          return metrics.tokens[key] - (same?.metrics.tokens[key] ?? 0);
        });
  const sample = {
    time: now.time,
    written: grown("completion") / seconds,
    read: grown("prompt") / seconds,
    running: sum(({ metrics }) => metrics.requests.running),
    waiting: sum(({ metrics }) => metrics.requests.waiting),
    serverBytes: now.memory.server,
    modelBytes: now.memory.models,
    totalBytes: now.memory.total,
    models: now.models,
  };
  return [...samples, sample].slice(-KEPT);
}
