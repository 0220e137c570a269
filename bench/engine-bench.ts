/**
 * The engine at work, in a process of its own: prints what it measured as JSON. Arguments: the model's path, the threads,
 * and the job as JSON.
 */
import { load, type LoadedModel } from "../src/index.js";
import { jsonGrammar } from "./json-grammar.js";
import { type Conversation, converse, prompts } from "./prompts.js";
import { percentile } from "./statistics.js";

export type EngineJob =
  /** Tokens per second of so many requests at once, one number a round. */
  | { readonly kind: "parallel"; readonly requests: number; readonly tokens: number; readonly rounds: number }
  /** Tokens per second of one request after its first token, with so many tokens before it. */
  | { readonly kind: "decode"; readonly tokens: number; readonly depth: number; readonly rounds: number }
  /** Milliseconds to the first token of the last turn of a conversation, one number a round. */
  | { readonly kind: "turn"; readonly conversation: Conversation; readonly rounds: number }
  /** Tokens per second under a grammar, and of the same number of tokens without; one pair a round. */
  | { readonly kind: "grammar"; readonly rounds: number }
  /** Milliseconds by which a timer of the main thread is late: the median and what 99 of 100 stay below. */
  | { readonly kind: "stall"; readonly seconds: number };

const [path = "", threads = "1", json = "{}"] = process.argv.slice(2);
const job = JSON.parse(json) as EngineJob;
await using model = await load(path, { threads: Number(threads), parallel: 16, contextSize: 8192 });
await model.generate("Once", { temperature: 0, maxTokens: 4 });
console.log(JSON.stringify(await run()));

async function run(): Promise<unknown> {
  switch (job.kind) {
    case "parallel":
      return repeat(job.rounds, () => parallel(model, job.requests, job.tokens));
    case "decode":
      return repeat(job.rounds, () => decode(model, job.tokens, job.depth));
    case "turn":
      return repeat(job.rounds, (round) => turn(model, job.conversation, round));
    case "grammar":
      return repeat(job.rounds, () => grammar(model));
    case "stall":
      return stall(model, job.seconds);
  }
}

async function repeat<Value>(rounds: number, measure: (round: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (let round = 0; round < rounds; round++) values.push(await measure(round));
  return values;
}

async function parallel(engine: LoadedModel, requests: number, tokens: number): Promise<number> {
  const start = performance.now();
  const request = { temperature: 0, ignoreEos: true, maxTokens: tokens, reuse: false };
  const results = await Promise.all(prompts(requests).map((prompt) => engine.generate(prompt, request)));
  const count = results.reduce((sum, { usage }) => sum + usage.completionTokens, 0);
  return (count / (performance.now() - start)) * 1000;
}

async function decode(engine: LoadedModel, tokens: number, depth: number): Promise<number> {
  const prompt = Int32Array.from({ length: depth + 1 }, (_, index) => 100 + ((index * 37) % 1000));
  const { timings } = await engine.generate(prompt, { temperature: 0, ignoreEos: true, maxTokens: tokens + 1 });
  return timings.completionTokensPerSecond ?? Number.NaN;
}

async function turn(engine: LoadedModel, conversation: Conversation, round: number): Promise<number> {
  return converse(conversation, round, async (prompt, tokens) => {
    const start = performance.now();
    let firstToken: number | undefined;
    let text = "";
    for await (const chunk of engine.stream(prompt, { temperature: 0, ignoreEos: true, maxTokens: tokens })) {
      firstToken ??= performance.now() - start;
      text += chunk.text;
    }
    return { text, firstToken: firstToken ?? Number.NaN };
  });
}

async function grammar(engine: LoadedModel): Promise<{ free: number; constrained: number }> {
  const prompt = "A person, described as a JSON object with ten fields:\n";
  const constrained = await engine.generate(prompt, {
    grammar: jsonGrammar,
    temperature: 0.8,
    seed: 1,
    maxTokens: 400,
  });
  const free = await engine.generate(prompt, {
    temperature: 0.8,
    seed: 1,
    ignoreEos: true,
    maxTokens: constrained.usage.completionTokens,
  });
  const rate = ({ timings }: typeof free): number => timings.completionTokensPerSecond ?? Number.NaN;
  return { free: rate(free), constrained: rate(constrained) };
}

async function stall(engine: LoadedModel, seconds: number): Promise<{ median: number; p99: number; ticks: number }> {
  const leave = new AbortController();
  const busy = prompts(4).map(async (prompt) => {
    for await (const _ of engine.stream(prompt, { ignoreEos: true, overflow: "shift", signal: leave.signal }));
  });
  const late: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - last - 5));
    last = now;
  }, 5);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  clearInterval(timer);
  leave.abort();
  await Promise.allSettled(busy);
  return { median: percentile(late, 0.5), p99: percentile(late, 0.99), ticks: late.length };
}
