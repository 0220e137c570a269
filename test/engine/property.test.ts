// Random work of every kind, seeded: whatever happens, every request ends once, and no sequence of the cache is lost.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import type { EngineOptions } from "../../src/engine/engine-options.js";
import type { GenerationRequest } from "../../src/engine/generation-request.js";
import { EngineRun } from "../support/engine-run.js";
import { tinyGemma, tinyHybrid, tinyLlama, tinyLora, tinyMamba } from "../support/tiny-models.js";
import { TinyRandom } from "../support/tiny-random.js";

const llama = tinyLlama();
const adapters = [{ path: tinyLora(llama) }];

/** Stops computations at random moments, from another thread; not for ever, since on a slow machine none would end. */
function nag(abortFlag: Uint8Array): Worker {
  const code = `
    const { workerData: flag } = require("node:worker_threads");
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    for (let wait = 1, times = 0; times < 500; times++, wait = (wait * 1103 + 12345) % 2048) {
      Atomics.wait(sleep, 0, 0, wait / 256);
      flag[0] = 1;
    }`;
  return new Worker(code, { eval: true, workerData: abortFlag });
}

const engines: Record<
  string,
  { readonly options: EngineOptions; readonly operations: number; readonly nagged?: true }
> = {
  "llama, a cache that is too small": {
    options: { path: llama.path, contextSize: 512, parallel: 6, cachedSequences: 4, hostCacheBytes: 1 << 20 },
    operations: 6000,
  },
  "llama, guessing ahead": {
    options: { path: llama.path, contextSize: 1024, speculation: { type: "ngram", size: 1 } },
    operations: 3000,
  },
  "llama, split cache": { options: { path: llama.path, contextSize: 1024, unified: false }, operations: 2000 },
  "gemma, pruned window": {
    options: { path: tinyGemma().path, contextSize: 512, context: { swaFull: false } },
    operations: 2000,
  },
  "llama, often interrupted": { options: { path: llama.path, contextSize: 1024 }, operations: 2000, nagged: true },
  "mamba, often interrupted": {
    options: { path: tinyMamba().path, contextSize: 512, parallel: 3 },
    operations: 1000,
    nagged: true,
  },
  mamba: { options: { path: tinyMamba().path, contextSize: 512, parallel: 3 }, operations: 2000 },
  hybrid: { options: { path: tinyHybrid().path, contextSize: 512, parallel: 3 }, operations: 2000 },
};

class Monkey {
  readonly #run: EngineRun;
  readonly #random: TinyRandom;
  readonly #steered: boolean;
  readonly #requests = new Map<number, GenerationRequest>();
  readonly #paused = new Set<number>();

  constructor(run: EngineRun, seed: number, steered: boolean) {
    this.#run = run;
    this.#random = new TinyRandom(seed);
    this.#steered = steered;
  }

  act(): void {
    const dice = this.#below(100);
    if (dice < 55) this.#run.engine.step();
    else if (dice < 72) this.#submit(this.#prompt());
    else if (dice < 80) this.#fork();
    else if (dice < 86) this.#cancel();
    else if (dice < 92) this.#pause();
    else if (dice < 96) this.#resume();
    else if (dice < 97) this.#run.submit({ type: "clear-cache" });
    else this.#run.submit({ type: "save", tokens: Int32Array.from(this.#prompt()) });
    assert.deepEqual(this.#run.engine.audit(), []);
  }

  finish(): void {
    for (const id of this.#paused) this.#run.engine.command({ type: "resume", id });
    this.#run.run();
    assert.deepEqual(this.#run.engine.audit(), []);
    for (const [id, { ends }] of this.#run.outcomes) assert.equal(ends, 1, `request ${id}`);
    for (const id of this.#requests.keys()) this.#check(id);
    const { slots, requests } = this.#run.engine.metrics;
    assert.equal(slots.busy + requests.waiting, 0);
    this.#run.submit({ type: "clear-cache" });
    assert.equal(this.#run.engine.metrics.cache.tokens, 0);
    assert.deepEqual(this.#run.engine.audit(), []);
  }

  #check(id: number): void {
    const { error, result } = this.#run.outcome(id);
    if (error !== undefined) {
      assert.ok(["ABORTED", "PROMPT_TOO_LONG"].includes((error as { code?: string }).code ?? ""), String(error));
      return;
    }
    const { usage } = this.#run.finish(id);
    assert.ok(result !== undefined);
    assert.equal(usage.completionTokens, this.#run.tokens(id).length);
    assert.ok(usage.completionTokens <= (this.#requests.get(id)?.maxTokens ?? Infinity));
    assert.ok(usage.cachedTokens < usage.promptTokens);
  }

  #submit(prompt: readonly number[]): void {
    const request: GenerationRequest = {
      prompt,
      maxTokens: this.#below(30),
      ignoreEos: true,
      seed: this.#below(1000),
      priority: this.#below(3),
      overflow: this.#below(2) === 0 ? "stop" : "shift",
      ...(this.#below(4) === 0 ? { stop: ["a", "the"] } : {}),
      ...(this.#steered && this.#below(4) === 0 ? { adapters } : {}),
    };
    this.#requests.set(this.#run.generate(request), request);
  }

  /** Goes on from what a request has so far. */
  #fork(): void {
    const id = this.#pick([...this.#requests.keys()].slice(-10));
    const prompt = this.#requests.get(id ?? -1)?.prompt;
    if (id !== undefined && Array.isArray(prompt)) this.#submit([...(prompt as number[]), ...this.#run.tokens(id)]);
  }

  #cancel(): void {
    const id = this.#pick(this.#open());
    if (id !== undefined) this.#run.engine.command({ type: "cancel", id });
  }

  #pause(): void {
    const id = this.#pick(this.#open());
    if (id === undefined) return;
    this.#paused.add(id);
    this.#run.engine.command({ type: "pause", id });
  }

  #resume(): void {
    const id = this.#pick([...this.#paused]);
    if (id === undefined) return;
    this.#paused.delete(id);
    this.#run.engine.command({ type: "resume", id });
  }

  #open(): number[] {
    return [...this.#requests.keys()].slice(-40).filter((id) => this.#run.outcome(id).ends === 0);
  }

  /** Often one that begins as another does. */
  #prompt(): number[] {
    const family = this.#below(4);
    const shared = Array.from({ length: this.#below(90) }, (_, index) => 5 + ((family * 37 + index) % 200));
    return [...shared, ...Array.from({ length: 1 + this.#below(12) }, () => 5 + this.#below(200))];
  }

  #pick(ids: readonly number[]): number | undefined {
    return ids[this.#below(Math.max(1, ids.length))];
  }

  #below(end: number): number {
    return this.#random.below(end);
  }
}

for (const [name, { options, operations, nagged = false }] of Object.entries(engines)) {
  describe(name, () => {
    const seed = 1 + Object.keys(engines).indexOf(name);
    it(`loses nothing in ${operations} random acts (seed ${seed})`, async () => {
      using run = await EngineRun.load(options);
      const nagger = nagged ? nag(run.engine.abortFlag) : undefined;
      const monkey = new Monkey(run, seed, options.path === llama.path);
      for (let count = 0; count < operations; count++) {
        try {
          monkey.act();
        } catch (error) {
          throw new Error(`act ${count}: ${(error as Error).stack}`, { cause: error });
        }
      }
      monkey.finish();
      await nagger?.terminate();
    });
  });
}
