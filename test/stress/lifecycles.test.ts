/**
 * What is made again and again and let go, by disposal or by being forgotten, leaves no memory behind. Measured in
 * processes of their own, since a test runner's memory grows by itself.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { tinyLlama, tinyLora } from "../support/tiny-models.js";

const library = new URL("../../src/llama/index.js", import.meta.url).href;
const tiny = tinyLlama();
const lora = tinyLora(tiny);

/** Runs `cycle` in a process, `warmup` times and then `count` times, and returns by how many MiB it has grown meanwhile. */
function growth(setup: string, cycle: string, warmup: number, count: number): number {
  const program = `
    const { Batch, ControlVector, LoraAdapter, Model, Sampler, Threadpool } = await import(${JSON.stringify(library)});
    const [model, lora] = process.argv.slice(1);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const settle = async () => { for (let i = 0; i < 4; i++) { gc(); await turn(); } };
    ${setup}
    const run = async (count) => {
      for (let i = 0; i < count; i++) { ${cycle} if (i % 50 === 49) await settle(); }
      await settle();
      return process.memoryUsage.rss();
    };
    const before = await run(${warmup});
    const after = await run(${count});
    console.log((after - before) / 2 ** 20);
  `;
  const output = execFileSync(
    process.execPath,
    ["--expose-gc", "--input-type=module", "-e", program, tiny.path, lora],
    {
      encoding: "utf8",
      timeout: 240_000,
    },
  );
  return Number(output);
}

describe("memory stays flat", () => {
  it("over 1,500 models loaded, used and disposed", () => {
    const cycle = `
      const loaded = Model.load(model);
      const context = loaded.createContext({ contextSize: 256, threads: 1 });
      const adapter = LoraAdapter.load(loaded, lora);
      const sampler = Sampler.chain().topK(10).temperature(0.5).dist(i);
      context.setAdapters([{ adapter }]);
      context.decode([1, 2, 3]);
      sampler.sample(context);
      // In another order each time.
      const all = [loaded, context, adapter, sampler];
      for (let n = 0; n < 4; n++) all[(n + i) % 4].dispose();
    `;
    // A model of this size takes 1 MiB and its context 2: a leak of either would show tenfold.
    const grown = growth("", cycle, 300, 1500);
    assert.ok(grown < 96, `grew by ${grown} MiB`);
  });

  it("over 1,500 contexts, samplers and batches that are only forgotten", () => {
    const cycle = `
      const context = loaded.createContext({ contextSize: 256, threads: 1 });
      const batch = new Batch({ capacity: 8 });
      batch.add(1, { position: 0, output: true });
      context.decode(batch);
      Sampler.chain().greedy().sample(context);
    `;
    const grown = growth("const loaded = Model.load(model);", cycle, 300, 1500);
    assert.ok(grown < 96, `grew by ${grown} MiB`);
  });

  it("over 300 models that are only forgotten, with all that hangs on them", () => {
    const cycle = `
      const context = Model.load(model).createContext({ contextSize: 256, threads: 1 });
      context.setAdapters([{ adapter: LoraAdapter.load(context.model, lora) }]);
      context.decode([1, 2, 3]);
    `;
    const grown = growth("", cycle, 100, 300);
    assert.ok(grown < 96, `grew by ${grown} MiB`);
  });

  it("over 2,000 threadpools", () => {
    const grown = growth("", "new Threadpool({ threads: 2, poll: 0 }).dispose();", 200, 2000);
    assert.ok(grown < 96, `grew by ${grown} MiB`);
  });
});
