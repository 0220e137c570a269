/** The engine against llama-bench and llama-server. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Baseline, runLlamaBench, type ServerProgram } from "./baseline.js";
import type { EngineJob } from "./engine-bench.js";
import { converse, prompts } from "./prompts.js";
import type { Section } from "./report.js";
import { RunningServer } from "./running-server.js";
import { compare, median } from "./statistics.js";
import type { ThroughputOptions } from "./throughput.js";

const CONTEXT = 8192;
const PARALLEL = 16;

/** One request at a time, through `load()` and a worker thread, against llama-bench. */
export function measureEngineDecode(baseline: Baseline, options: ThroughputOptions): Section {
  const rounds = options.quick ? 2 : 9;
  const rows = [0, 512].map((depth) => {
    options.progress(`the engine, 64 tokens at depth ${depth}`);
    const rates = Array.from({ length: rounds }, () => {
      const work = { kind: "decode", tokens: 64, depth, repetitions: 2, rounds: 1 } as const;
      const rival = median(runLlamaBench(baseline, options.model, options.threads, work));
      const ours = median(runEngine<number[]>(options, { kind: "decode", tokens: 64, depth, rounds: 3 }));
      return { rival, ours };
    });
    return compare(`64 tokens at depth ${depth}`, rates, 0.98);
  });
  return {
    title: "One request, against llama-bench",
    note: "Tokens per second after the first token: `load()`, a worker thread, greedy sampling, text streamed to the main thread; llama-bench samples nothing and makes no text. Medians of rounds taken in turns; target ≥ 0.98.",
    columns: ["work", "llama-bench", "mullama", "ratio", "target"],
    rows,
  };
}

/** Many requests at once, against llama-server. */
export async function measureParallel(server: ServerProgram, options: ThroughputOptions): Promise<Section> {
  const rounds = options.quick ? 1 : 3;
  const rows: Section["rows"][number][] = [];
  for (const requests of [1, 4, 16]) {
    options.progress(`${requests} requests at once`);
    const rates: { rival: number; ours: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const rival = await withServer(server, options, async (running) => {
        const start = performance.now();
        const results = await Promise.all(prompts(requests).map((prompt) => running.complete(prompt, 64, false)));
        const count = results.reduce((sum, { tokens }) => sum + tokens, 0);
        return (count / (performance.now() - start)) * 1000;
      });
      const ours = median(runEngine<number[]>(options, { kind: "parallel", requests, tokens: 64, rounds: 2 }));
      rates.push({ rival, ours });
    }
    rows.push(compare(`${requests} at once`, rates, 1));
  }
  return {
    title: "Parallel requests, against llama-server",
    note: "Generated tokens per second of all requests together, prompts of some fifty tokens included: 64 tokens each, greedy, streamed. mullama through `load()`, llama-server through HTTP. Medians of rounds taken in turns; target ≥ 1.",
    columns: ["requests", "llama-server", "mullama", "ratio", "target"],
    rows,
  };
}

/** The first token of a chat's tenth turn, against llama-server. */
export async function measureTurn(server: ServerProgram, options: ThroughputOptions): Promise<Section> {
  const conversation = { turns: 10, tokens: 32 };
  const rounds = options.quick ? 1 : 3;
  options.progress("the tenth turn of a chat");
  const ours = runEngine<number[]>(options, { kind: "turn", conversation, rounds });
  const rival = await withServer(server, options, async (running) => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push(await converse(conversation, round, (prompt, tokens) => running.complete(prompt, tokens, true)));
    }
    return times;
  });
  const ratio = median(ours) / median(rival);
  return {
    title: "Time to first token, tenth turn of a chat",
    note: "Milliseconds from the request to its first token, with some 700 tokens of conversation before: each side uses what it has cached. Target: ratio ≤ 1.",
    columns: ["work", "llama-server", "mullama", "ratio", "target"],
    lowerIsBetter: true,
    rows: [["turn 10", median(rival), median(ours), ratio, ratio <= 1 ? "reached" : "missed"]],
  };
}

/** Generating JSON under a grammar, against generating freely. */
export function measureGrammar(options: ThroughputOptions): Section {
  options.progress("a grammar");
  const rounds = runEngine<{ free: number; constrained: number }[]>(options, {
    kind: "grammar",
    rounds: options.quick ? 2 : 6,
  });
  const rates = rounds.map(({ free, constrained }) => ({ rival: free, ours: constrained }));
  return {
    title: "A grammar, against none",
    note: "Tokens per second of a JSON object with ten fields, and of as many tokens of free text, with the same engine. Target ≥ 0.9.",
    columns: ["work", "free", "under the grammar", "ratio", "target"],
    rows: [compare("JSON object of ten fields", rates, 0.9)],
  };
}

/** How late the main thread's timers are while the engine works for four requests. */
export function measureEngineStall(options: ThroughputOptions): Section {
  options.progress("the main thread while the engine works");
  const seconds = options.quick ? 3 : 10;
  const {
    median: middle,
    p99,
    ticks,
  } = runEngine<{ median: number; p99: number; ticks: number }>(options, {
    kind: "stall",
    seconds,
  });
  return {
    title: "Main-thread stall under the engine",
    note: `Milliseconds by which a 5 ms timer of the main thread fires late while a worker thread generates for four requests that stream to it, over ${seconds} s. Target: p99 < 5 ms.`,
    columns: ["work", "p50", "p99", "ticks", "target"],
    rows: [["four streams", middle, p99, ticks, p99 < 5 ? "reached" : "missed"]],
  };
}

function runEngine<Result>({ model, threads }: ThroughputOptions, job: EngineJob): Result {
  const program = join(import.meta.dirname, "engine-bench.js");
  const output = execFileSync(process.execPath, [program, model, String(threads), JSON.stringify(job)], {
    encoding: "utf8",
  });
  return JSON.parse(output) as Result;
}

async function withServer<Result>(
  server: ServerProgram,
  { model, threads }: ThroughputOptions,
  work: (server: RunningServer) => Promise<Result>,
): Promise<Result> {
  const settings = { model, threads, contextSize: CONTEXT, parallel: PARALLEL };
  await using running = await RunningServer.llamaServer(server, settings);
  return await work(running);
}
