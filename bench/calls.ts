/** What a call from TypeScript into C costs. */
import { openLibrary } from "../src/native/index.js";
import { handleOf } from "../src/llama/handle.js";
import { type Context, Detokenizer, Model, Sampler } from "../src/llama/index.js";
import { tinyLlama } from "../test/support/tiny-models.js";
import { type Baseline, runLoop } from "./baseline.js";
import type { Section } from "./report.js";

/** On a model so small that calling is a visible part of the work. */
const generatedTokens = 256;

export function measureCalls(baseline: Baseline): Section {
  const path = tinyLlama().path;
  const c = openLibrary().functions;
  using model = Model.load(path);
  using context = model.createContext({ contextSize: generatedTokens, threads: 1, batchThreads: 1 });
  const pointer = handleOf(context, "llama_context").pointer;
  const logits = new Int32Array(1);
  const ours = nanosecondsPerToken(model, context);
  const inC = Math.min(...runLoop(baseline, path, 30, ["generate", String(generatedTokens)])) / generatedTokens;
  return {
    title: "The cost of a call",
    note: `Nanoseconds, the best of 25 or 30 rounds. The last rows generate ${generatedTokens} tokens as text with a tiny random model on one thread, through the safe objects and in C: the difference is what TypeScript adds to a token.`,
    columns: ["call", "ns"],
    rows: [
      ["`llama_supports_mmap()`, raw", nanosecondsPerCall(() => c.llama_supports_mmap())],
      ["`llama_n_ctx(context)`, raw", nanosecondsPerCall(() => c.llama_n_ctx(pointer))],
      [
        "`llama_batch_get_one(tokens, 1)`, raw: a struct by value",
        nanosecondsPerCall(() => c.llama_batch_get_one(logits, 1)),
      ],
      ["`vocab.isEog(token)`, safe", nanosecondsPerCall(() => model.vocab.isEog(1))],
      ["decode, sample, detokenize a token: mullama", ours],
      ["decode, sample, detokenize a token: C", inC],
      ["the difference", ours - inC],
    ],
  };
}

function nanosecondsPerCall(call: () => unknown): number {
  const calls = 20_000;
  const batches = Array.from({ length: 25 }, () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    return ((performance.now() - start) * 1e6) / calls;
  });
  return Math.min(...batches);
}

function nanosecondsPerToken(model: Model, context: Context): number {
  using sampler = Sampler.greedy();
  const rounds = Array.from({ length: 30 }, () => {
    const detokenizer = new Detokenizer(model.vocab);
    context.memory.clear(false);
    const start = performance.now();
    let token = 1;
    for (let i = 0; i < generatedTokens; i++) {
      context.decode(Int32Array.of(token));
      token = sampler.sample(context);
      detokenizer.push(token);
    }
    return ((performance.now() - start) * 1e6) / generatedTokens;
  });
  return Math.min(...rounds);
}
