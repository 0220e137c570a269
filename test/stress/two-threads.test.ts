/** Two threads with a context each of the same model file, at work at once, and one that is ended in the middle. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { Model, Sampler } from "../../src/llama/index.js";
import { tinyLlama } from "../support/tiny-models.js";

const library = new URL("../../src/llama/index.js", import.meta.url).href;
const { path } = tinyLlama();
const COUNT = 200;

/** Generates `COUNT` tokens from a prompt and reports them; ends when it is told to, or never. */
const program = `
  const { parentPort, workerData } = await import("node:worker_threads");
  const { Model, Sampler } = await import(workerData.library);
  const context = Model.load(workerData.path).createContext({ contextSize: 512, threads: 1 });
  const sampler = Sampler.chain().greedy();
  do {
    context.memory.clear();
    context.decode([1, workerData.first, 20, 21]);
    const tokens = [];
    for (let i = 0; i < workerData.count; i++) {
      const token = sampler.sample(context);
      tokens.push(token);
      context.decode([token]);
    }
    parentPort.postMessage(tokens);
  } while (workerData.forever);
`;

function start(first: number, forever = false): Worker {
  const workerData = { library, path, first, count: COUNT, forever };
  return new Worker(`void (async () => { ${program} })();`, { eval: true, workerData });
}

function firstMessage(worker: Worker): Promise<number[]> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function alone(first: number): number[] {
  using model = Model.load(path);
  using context = model.createContext({ contextSize: 512, threads: 1 });
  using sampler = Sampler.chain().greedy();
  context.decode([1, first, 20, 21]);
  return Array.from({ length: COUNT }, () => {
    const token = sampler.sample(context);
    context.decode([token]);
    return token;
  });
}

describe("two threads", () => {
  it("generate at once what each generates alone", async () => {
    const workers = [30, 40].map((first) => start(first));
    const tokens = await Promise.all(workers.map(firstMessage));
    assert.deepEqual(tokens, [alone(30), alone(40)]);
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  it("are no harm to each other when one is ended in the middle, again and again", async () => {
    const expected = alone(30);
    // A few times only: koffi 3.3.4 does not look whether V8 has begun to end the thread while it reads a call's arguments,
    // and in some hundred endings once ends the process with it.
    for (let round = 0; round < 3; round++) {
      const doomed = start(40, true);
      await firstMessage(doomed);
      const [, tokens] = await Promise.all([doomed.terminate(), Promise.resolve(alone(30))]);
      assert.deepEqual(tokens, expected);
    }
  });
});
