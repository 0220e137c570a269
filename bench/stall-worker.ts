/** Generates until it is terminated; says when it has begun. */
import { parentPort, workerData } from "node:worker_threads";
import { Model, Sampler } from "../src/llama/index.js";
import type { StallJob } from "./stall.js";

const { path, threads } = workerData as StallJob;
using model = Model.load(path);
using context = model.createContext({ contextSize: 512, threads, batchThreads: threads });
using sampler = Sampler.greedy();

for (let generated = 0; ; generated++) {
  if (generated % 500 === 0) context.memory.clear(false);
  context.decode(Int32Array.of(generated % 500 === 0 ? 1 : sampler.sample(context)));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
  if (generated === 10) parentPort?.postMessage("generating");
}
