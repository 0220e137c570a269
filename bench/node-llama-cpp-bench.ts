/**
 * The generating of `mullama-bench.ts` with node-llama-cpp: prints tokens per second as JSON, one a repetition.
 * Arguments: the package's folder, the model's path, the threads and the workload as JSON.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Workload } from "./workload.js";

/** The part of its API that is used here. */
interface Sequence {
  evaluate(tokens: readonly number[], options: { readonly temperature: number }): AsyncIterable<number>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>;
  eraseContextTokenRanges(ranges: readonly { readonly start: number; readonly end: number }[]): Promise<void>;
  readonly nextTokenIndex: number;
}
interface LoadedModel {
  createContext(options: {
    contextSize: number;
    batchSize: number;
    threads: number;
  }): Promise<{ getSequence(): Sequence }>;
  detokenize(tokens: readonly number[]): string;
  readonly tokens: { readonly bos: number | null };
}
interface NodeLlamaCpp {
  getLlama(options: object): Promise<{ loadModel(options: { modelPath: string }): Promise<LoadedModel> }>;
}

const [folder = "", modelPath = "", threads = "1", json = "{}"] = process.argv.slice(2);
const work = JSON.parse(json) as Workload;
const entry = pathToFileURL(join(folder, "node_modules", "node-llama-cpp", "dist", "index.js")).href;
const nodeLlamaCpp = (await import(entry)) as NodeLlamaCpp;
const llama = await nodeLlamaCpp.getLlama({
  gpu: false,
  build: "never",
  skipDownload: true,
  logLevel: "error",
  progressLogs: false,
  maxThreads: Number(threads),
});
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({
  contextSize: work.depth + work.tokens + 16,
  batchSize: 512,
  threads: Number(threads),
});
const sequence = context.getSequence();

if (work.depth > 0)
  await sequence.evaluateWithoutGeneratingNewTokens(Array.from({ length: work.depth }, (_, i) => 100 + (i % 100)));
await generate(1);
const rates: number[] = [];
for (let repetition = 0; repetition < work.repetitions; repetition++) {
  const start = performance.now();
  await generate(work.tokens);
  rates.push(work.tokens / ((performance.now() - start) / 1000));
}
console.log(JSON.stringify(rates));
process.exit();

async function generate(count: number): Promise<void> {
  let generated = 0;
  let text = "";
  for await (const token of sequence.evaluate([model.tokens.bos ?? 1], { temperature: 0 })) {
    text += model.detokenize([token]);
    if (++generated === count) break;
  }
  if (generated < count) throw new Error(`it stopped after ${generated} tokens: ${text}`);
  await sequence.eraseContextTokenRanges([{ start: work.depth, end: sequence.nextTokenIndex }]);
}
