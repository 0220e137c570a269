import { setImmediate as nextTurn } from "node:timers/promises";
import { ArgumentError } from "../../../errors.js";
import { type Context, Model } from "../../../llama/index.js";
import { resolveModel } from "../../../models/index.js";
import { ExitCode } from "../../exit-code.js";
import { ProgressDisplay } from "../../progress-display.js";
import { LiveLines } from "../../terminal/live-lines.js";
import { printJson, printLines } from "../command.js";
import type { BenchOptions } from "./add-bench.js";
import {
  type Loading,
  loadings,
  type Setting,
  settings,
  type Workload,
  workloadName,
  workloads,
} from "./bench-plan.js";
import { benchResult, type BenchResult } from "./bench-result.js";
import { benchTable } from "./bench-table.js";
import { measure, openContext } from "./measure.js";

/** `mullama bench`: how fast models run here. Ctrl-C ends the process, as it does any. @returns the exit status */
export async function benchCommand(models: readonly string[], options: BenchOptions): Promise<number> {
  const works = workloads(options);
  if (works.length === 0) throw new ArgumentError("--prompt", "more than 0 where --gen is 0", 0);
  const bench = new Bench(options, works, loadings(models, options).length * settings(options).length * works.length);
  for (const loading of loadings(models, options)) await bench.run(loading);
  bench.end();
  return ExitCode.ok;
}

class Bench {
  readonly #options: BenchOptions;
  readonly #works: readonly Workload[];
  readonly #total: number;
  readonly #progress = new LiveLines(process.stderr);
  readonly #results: BenchResult[] = [];

  constructor(options: BenchOptions, works: readonly Workload[], total: number) {
    this.#options = options;
    this.#works = works;
    this.#total = total;
  }

  async run(loading: Loading): Promise<void> {
    const path = await this.#find(loading.model);
    using model = await Model.loadAsync(path, loading.gpuLayers === undefined ? {} : { gpuLayers: loading.gpuLayers });
    for (const setting of settings(this.#options)) {
      using opened = openContext(model, setting, this.#works);
      for (const work of this.#works) await this.#measure(opened.context, loading, setting, work);
    }
  }

  /** What is shown at the end, all of it at once. */
  end(): void {
    this.#progress.clear();
    if (this.#options.output === "json") printJson(this.#results);
    if (this.#options.output === "md") printLines(benchTable(this.#results));
  }

  async #find(name: string): Promise<string> {
    using display = new ProgressDisplay(process.stderr, name);
    const { path } = await resolveModel(name, { offline: this.#options.offline === true, onProgress: display.show });
    return path;
  }

  async #measure(context: Context, loading: Loading, setting: Setting, work: Workload): Promise<void> {
    const { repetitions } = this.#options;
    this.#tell(
      `${this.#results.length + 1} of ${this.#total}: ${loading.model}, ${workloadName(work)}, ${context.threads} threads`,
    );
    // So that what was written is out before everything waits.
    await nextTurn();
    const nanoseconds = measure(context, work, repetitions);
    const { model, threads } = context;
    const result = benchResult({ model, loading, setting, work, threads, nanoseconds });
    this.#results.push(result);
    this.#progress.clear();
    if (this.#options.output === "jsonl") printLines([JSON.stringify(result)]);
    if (this.#options.output === "csv") printLines(csvLines(result, this.#results.length === 1));
  }

  #tell(line: string): void {
    if (process.stderr.isTTY) this.#progress.show([line.slice(0, (process.stderr.columns ?? 80) - 1)]);
  }
}

function csvLines(result: BenchResult, withTitles: boolean): string[] {
  const { samples_ns: _times, samples_ts: _speeds, ...fields } = result;
  const line = (cells: readonly unknown[]): string =>
    cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",");
  return [...(withTitles ? [Object.keys(fields).join(",")] : []), line(Object.values(fields))];
}
