import { count } from "../../terminal/count.js";
import type { BenchResult } from "./bench-result.js";
import { workloadName } from "./bench-plan.js";

interface BenchColumn {
  readonly title: string;
  readonly value: (result: BenchResult) => string;
  /** Shown only where it has several values. Default: always. */
  readonly mayBeHidden?: true;
}

const columns: readonly BenchColumn[] = [
  { title: "model", value: (result) => result.model_type },
  { title: "file", value: (result) => result.model_filename, mayBeHidden: true },
  { title: "size", value: (result) => `${Math.round(result.model_size / 2 ** 20)} MiB` },
  { title: "params", value: (result) => count(result.model_n_params) },
  { title: "backend", value: (result) => result.backends },
  {
    title: "gpu layers",
    value: (result) => (result.n_gpu_layers < 0 ? "all" : String(result.n_gpu_layers)),
    mayBeHidden: true,
  },
  { title: "threads", value: (result) => String(result.n_threads) },
  { title: "batch", value: (result) => String(result.n_batch), mayBeHidden: true },
  { title: "ubatch", value: (result) => String(result.n_ubatch), mayBeHidden: true },
  { title: "type k", value: (result) => result.type_k, mayBeHidden: true },
  { title: "type v", value: (result) => result.type_v, mayBeHidden: true },
  { title: "flash", value: (result) => result.flash_attn, mayBeHidden: true },
  {
    title: "test",
    value: ({ n_prompt: prompt, n_gen: gen, n_depth: depth }) => workloadName({ prompt, gen, depth }),
  },
  { title: "t/s", value: (result) => `${result.avg_ts.toFixed(2)} ± ${result.stddev_ts.toFixed(2)}` },
];

/** A table in Markdown, its columns lined up; those that say the same everywhere are left out. */
export function benchTable(results: readonly BenchResult[]): readonly string[] {
  const shown = columns.filter(
    ({ mayBeHidden, value }) => mayBeHidden !== true || new Set(results.map(value)).size > 1,
  );
  const rows = [shown.map(({ title }) => title), ...results.map((result) => shown.map(({ value }) => value(result)))];
  const widths = shown.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const isText = (at: number): boolean => at === 0 || shown[at]?.title === "backend";
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, at) => (isText(at) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  const [titles = [], ...body] = rows;
  return [line(titles), rule, ...body.map(line)];
}
