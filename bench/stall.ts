/** How late the main thread's timers are while a worker generates. */
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Section } from "./report.js";
import { percentile } from "./statistics.js";

const interval = 5;

export interface StallJob {
  readonly path: string;
  readonly threads: number;
}

export async function measureStall(job: StallJob, seconds: number): Promise<Section> {
  const idle = await lateness(seconds);
  const worker = new Worker(new URL("stall-worker.js", import.meta.url), { workerData: job });
  await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  const generating = await lateness(seconds);
  await worker.terminate();
  const row = (title: string, late: readonly number[]): (string | number)[] => [
    title,
    ...[0.5, 0.99, 1].map((share) => percentile(late, share)),
    late.length,
  ];
  return {
    title: "Main-thread stall",
    note: `Milliseconds by which a ${interval} ms timer of the main thread fires late, over ${seconds} s. Target while generating: p99 < 5 ms.`,
    columns: ["a worker is", "p50", "p99", "max", "ticks"],
    rows: [row("idle", idle), row(`generating on ${job.threads} threads`, generating)],
  };
}

async function lateness(seconds: number): Promise<number[]> {
  const late: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - last - interval));
    last = now;
  }, interval);
  await sleep(seconds * 1000);
  clearInterval(timer);
  return late;
}
