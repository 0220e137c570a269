/** `mullama serve` against llama-server, both over HTTP. */
import type { ServerProgram } from "./baseline.js";
import { prompts } from "./prompts.js";
import type { Section } from "./report.js";
import { RunningServer } from "./running-server.js";
import { compare, median } from "./statistics.js";
import type { ThroughputOptions } from "./throughput.js";

const TOKENS = 64;
const CONTEXT = 8192;
const PARALLEL = 16;

/** What a round of so many requests at once gave. */
interface Round {
  /** Generated tokens per second of all requests together. */
  readonly rate: number;
  /** Milliseconds to the first token, the median of the requests. */
  readonly firstToken: number;
}

/**
 * Tokens per second, and the time to the first token. Both servers run, and take turns: what one minute does to the
 * machine, it does to both.
 */
export async function measureServer(program: ServerProgram, options: ThroughputOptions): Promise<Section[]> {
  const settings = { model: options.model, threads: options.threads, contextSize: CONTEXT, parallel: PARALLEL };
  await using rival = await RunningServer.llamaServer(program, settings);
  await using ours = await RunningServer.mullama(settings);
  const rates: Section["rows"][number][] = [];
  const times: Section["rows"][number][] = [];
  for (const requests of [1, 4, 16]) {
    const rounds = options.quick ? 2 : requests === 1 ? 12 : 6;
    const pairs: { rival: Round; ours: Round }[] = [];
    for (let round = 0; round < rounds; round++) {
      options.progress(`the servers, ${requests} requests at once, round ${round + 1} of ${rounds}`);
      const measured: Partial<Record<"rival" | "ours", Round>> = {};
      const order = round % 2 === 0 ? (["rival", "ours"] as const) : (["ours", "rival"] as const);
      for (const side of order) measured[side] = await measureRound(side === "ours" ? ours : rival, requests);
      const { rival: theirs, ours: mine } = measured;
      if (theirs !== undefined && mine !== undefined) pairs.push({ rival: theirs, ours: mine });
    }
    const title = `${requests} at once`;
    const of = (field: keyof Round): { rival: number; ours: number }[] =>
      pairs.map((pair) => ({ rival: pair.rival[field], ours: pair.ours[field] }));
    rates.push(compare(title, of("rate"), 1));
    times.push(compare(title, of("firstToken"), 1, true));
  }
  const how = `\`mullama serve\` and llama-server, each in its own processes, asked through \`/completion\` by one client: prompts of some fifty tokens, ${TOKENS} tokens each, greedy, streamed, nothing cached. Medians of rounds taken in turns`;
  const columns = ["requests", "llama-server", "mullama", "ratio", "target"];
  return [
    {
      title: "Over HTTP, against llama-server",
      note: `Generated tokens per second of all requests together. ${how}; target ≥ 1.`,
      columns,
      rows: rates,
    },
    {
      title: "Time to first token over HTTP, against llama-server",
      note: `Milliseconds to the first token, the median of the requests of a round, in the same rounds. Target: ratio ≤ 1.`,
      columns,
      lowerIsBetter: true,
      rows: times,
    },
  ];
}

async function measureRound(server: RunningServer, requests: number): Promise<Round> {
  const start = performance.now();
  const results = await Promise.all(prompts(requests).map((prompt) => server.complete(prompt, TOKENS, false)));
  const seconds = (performance.now() - start) / 1000;
  const count = results.reduce((sum, { tokens }) => sum + tokens, 0);
  if (count !== requests * TOKENS) throw new Error(`${count} tokens came, not ${requests * TOKENS}`);
  return { rate: count / seconds, firstToken: median(results.map(({ firstToken }) => firstToken)) };
}
