/** Prefill and decode against llama-bench: same library files, same model, same settings, in turns. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Baseline, runLlamaBench } from "./baseline.js";
import type { MullamaWorkload } from "./mullama-bench.js";
import type { Section } from "./report.js";
import { median } from "./statistics.js";
import { titleOf, type Workload, workloads } from "./workload.js";

/** Tokens per second, one a round. */
interface Rates {
  readonly llamaBench: number[];
  readonly mullama: number[];
}

export interface ThroughputOptions {
  readonly model: string;
  readonly threads: number;
  readonly quick: boolean;
  /** Hears what is being measured. */
  readonly progress: (what: string) => void;
}

/** The ratio that mullama is to reach. */
const target = 0.98;

/** How far the median may be from the best round before the numbers mean nothing. */
const tolerance = 0.1;

export function measureThroughput(baseline: Baseline, options: ThroughputOptions): Section {
  const rows: [string, Rates][] = [];
  for (const work of workloads(options.quick)) {
    options.progress(titleOf(work));
    const rates: Rates = { llamaBench: [], mullama: [] };
    const generated: Rates = { llamaBench: rates.llamaBench, mullama: [] };
    const takeTurn = [
      (): void => void rates.llamaBench.push(median(runLlamaBench(baseline, options.model, options.threads, work))),
      (): void => void rates.mullama.push(median(runMullama(options, work))),
      (): void => {
        if (work.kind === "decode") generated.mullama.push(median(runMullama(options, { ...work, kind: "generate" })));
      },
    ];
    // The order is turned about, so that a machine that slows down is unfair to all.
    for (let round = 0; round < work.rounds; round++)
      for (const turn of round % 2 === 0 ? takeTurn : takeTurn.toReversed()) turn();
    rows.push([titleOf(work), rates]);
    if (work.kind === "decode") rows.push([`${titleOf(work)}, sampled, as text`, generated]);
  }
  return {
    title: "Throughput against llama-bench",
    note: `Tokens per second, medians of rounds taken in turns. The ratio is the median of the rounds' ratios, target ≥ ${target}; the spread is how far the median is from the best.`,
    columns: ["work", "llama-bench", "mullama", "ratio", "best of each", "spread", "target"],
    rows: rows.map(([title, rates]) => toRow(title, rates)),
  };
}

function toRow(title: string, { llamaBench, mullama }: Rates): (string | number)[] {
  const ratio = median(mullama.map((rate, round) => rate / (llamaBench[round] ?? Number.NaN)));
  const best = Math.max(...mullama) / Math.max(...llamaBench);
  const spread = Math.max(...[llamaBench, mullama].map((rates) => 1 - median(rates) / Math.max(...rates)));
  return [
    title,
    median(llamaBench),
    median(mullama),
    ratio,
    best,
    `${(spread * 100).toFixed(0)} %`,
    verdict(ratio, spread),
  ];
}

function verdict(ratio: number, spread: number): string {
  if (spread > tolerance) return "unclear: the machine is busy";
  return ratio >= target ? "reached" : "missed";
}

export function runMullama({ model, threads }: ThroughputOptions, work: Workload | MullamaWorkload): number[] {
  const program = join(import.meta.dirname, "mullama-bench.js");
  const output = execFileSync(process.execPath, [program, model, String(threads), JSON.stringify(work)], {
    encoding: "utf8",
  });
  return JSON.parse(output) as number[];
}
