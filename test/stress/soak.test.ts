/**
 * Mixed load on one engine, for as long as `MULLAMA_SOAK_SECONDS` says (20 where it says nothing): everything that is asked
 * is answered, and memory stays as it is once everything has been done once.
 */
import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { load, type LoadedModel } from "../../src/index.js";
import { tinyLlama } from "../support/tiny-models.js";
import { TinyRandom } from "../support/tiny-random.js";

const SECONDS = Number(process.env["MULLAMA_SOAK_SECONDS"] ?? 20);
const CLIENTS = 8;
/** What V8 and an allocator may hold back; a leak of one request's tokens and logits would pass it within minutes. */
const SLACK_BYTES = 96 << 20;

class Client {
  readonly #model: LoadedModel;
  readonly #random: TinyRandom;
  answers = 0;

  constructor(model: LoadedModel, seed: number) {
    this.#model = model;
    this.#random = new TinyRandom(seed);
  }

  async work(until: number): Promise<void> {
    const acts = [
      (): Promise<void> => this.#generate(),
      (): Promise<void> => this.#leave(),
      (): Promise<void> => this.#abort(),
      (): Promise<void> => this.#embed(),
      (): Promise<void> => this.#fork(),
      (): Promise<void> => this.#constrain(),
    ];
    while (performance.now() < until) {
      await acts[this.#below(acts.length)]?.();
      this.answers++;
    }
  }

  async #generate(): Promise<void> {
    const maxTokens = 1 + this.#below(60);
    const { tokens } = await this.#model.generate(this.#prompt(), { maxTokens, ignoreEos: true });
    assert.equal(tokens.length, maxTokens);
  }

  async #leave(): Promise<void> {
    let left = this.#below(20);
    for await (const _ of this.#model.stream(this.#prompt(), { ignoreEos: true })) if (left-- === 0) break;
  }

  async #abort(): Promise<void> {
    const controller = new AbortController();
    const answer = this.#model.generate(this.#prompt(), { ignoreEos: true, signal: controller.signal });
    await Promise.all([
      assert.rejects(answer, { code: "ABORTED" }),
      delay(this.#below(5)).then(() => controller.abort()),
    ]);
  }

  async #embed(): Promise<void> {
    const vectors = await this.#model.embed([this.#prompt(), this.#prompt()]);
    assert.equal(vectors.length, 2);
  }

  async #fork(): Promise<void> {
    const sequence = await this.#model.sequence(this.#prompt());
    await sequence.generate({ maxTokens: 8 });
    const branches = [sequence.fork(), sequence.fork()];
    await Promise.all(branches.map((branch) => branch.generate({ maxTokens: 8 })));
  }

  async #constrain(): Promise<void> {
    const grammar = `root ::= [0-9]+ "!"`;
    const { text } = await this.#model.generate(this.#prompt(), { maxTokens: 20, grammar });
    assert.match(text, /^\d+!?$/);
  }

  #prompt(): number[] {
    const shared = this.#below(3) === 0 ? 0 : 40 * this.#below(4);
    return Array.from({ length: shared + 1 + this.#below(100) }, (_, at) =>
      at < shared ? 5 + (at % 200) : 5 + this.#below(200),
    );
  }

  #below(limit: number): number {
    return this.#random.below(limit);
  }
}

describe("an engine under mixed load", () => {
  it("answers everything, and its memory stays flat", async (t) => {
    await using model = await load(tinyLlama().path, {
      parallel: 6,
      contextSize: 4096,
      hostCacheBytes: 4 << 20,
      speculation: { type: "ngram" },
    });
    const start = performance.now();
    const until = start + SECONDS * 1000;
    const stalls = monitorEventLoopDelay({ resolution: 1 });
    const memory: number[] = [];
    const sample = setInterval(() => memory.push(process.memoryUsage.rss()), 250);
    stalls.enable();
    const clients = Array.from({ length: CLIENTS }, (_, seed) => new Client(model, seed));
    await Promise.all(clients.map((client) => client.work(until)));
    stalls.disable();
    clearInterval(sample);

    // What was left or aborted last is let go within a step.
    const idle = performance.now() + 10_000;
    while ((await model.metrics()).slots.busy > 0 && performance.now() < idle) await delay(10);
    const { requests, slots, tokens } = await model.metrics();
    assert.equal(slots.busy + requests.waiting, 0);
    const third = Math.floor(memory.length / 3);
    const settled = median(memory.slice(third, 2 * third));
    const end = median(memory.slice(2 * third));
    t.diagnostic(
      JSON.stringify({
        seconds: SECONDS,
        acts: clients.reduce((sum, { answers }) => sum + answers, 0),
        requests: requests.finished,
        tokens,
        memoryMiB: { settled: settled >> 20, end: end >> 20 },
        stallP99Ms: stalls.percentile(99) / 1e6,
      }),
    );
    assert.ok(end - settled < SLACK_BYTES, `memory grew from ${settled} to ${end} bytes`);
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
