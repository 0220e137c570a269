/**
 * A process `mullama serve` with two models, and 64 clients at a time that ask it in every dialect, for as long as
 * `MULLAMA_LOAD_SECONDS` says (20 where it says nothing): some of them leave in the middle, and the models' processes are
 * killed again and again. Whoever stays gets the right answer or an error, and nothing is left behind.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { TinyRandom } from "../support/tiny-random.js";
import { tinyLlama } from "../support/tiny-models.js";
import { chatTemplate } from "../support/tiny-server.js";
import { Load } from "./load/load.js";
import { MemoryWatch } from "./load/memory-watch.js";
import { childrenOf } from "../support/processes.js";
import { ServedProcess } from "../support/served-process.js";

const SECONDS = Number(process.env["MULLAMA_LOAD_SECONDS"] ?? 20);
const CLIENTS = 64;
/** Milliseconds from a kill to the next. */
const KILL_EVERY_MS = 3000;
const MIB = 2 ** 20;
/** What resident memory may grow by between the first third and the end: V8 takes a minute to find the size that it keeps. */
const MARGIN = { share: 1.2, bytes: (SECONDS < 90 ? 96 : 24) * MIB };

const models = {
  one: { model: tinyLlama().path, contextSize: 1024, parallel: 8, threads: 1, chatTemplate },
  two: { model: tinyLlama({ seed: 2 }).path, contextSize: 1024, parallel: 8, threads: 1, chatTemplate },
};

/** Kills a child of a process again and again. @returns the processes that were killed */
async function killNowAndThen(pid: number, until: number): Promise<readonly number[]> {
  const random = new TinyRandom(5);
  const killed: number[] = [];
  for (;;) {
    await delay(KILL_EVERY_MS * (0.5 + random.uniform()));
    if (performance.now() > until) return killed;
    const children = await childrenOf(pid);
    const victim = children[random.below(children.length)];
    if (victim === undefined) continue;
    process.kill(victim, "SIGKILL");
    killed.push(victim);
  }
}

/** Of a page of metrics, the sum of one over all models. */
function metric(page: string, name: string): number {
  const samples = [...page.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, "gm"))];
  assert.ok(samples.length > 0, page);
  return samples.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Waits until nothing is open: what clients left takes a moment to end. */
async function requireQuiet(url: string): Promise<void> {
  // The one that reads this is a request, too.
  const quiet = { http_requests_open: 1, model_users: 0, requests_running: 0, requests_waiting: 0 };
  for (let round = 0; ; round++) {
    const page = await (await fetch(`${url}/metrics`)).text();
    const found = Object.fromEntries(Object.keys(quiet).map((name) => [name, metric(page, `mullama_${name}`)]));
    if (JSON.stringify(found) === JSON.stringify(quiet)) return;
    assert.ok(round < 300, `still open: ${JSON.stringify(found)}`);
    await delay(100);
  }
}

async function requireFree(url: string): Promise<void> {
  for (const model of Object.keys(models)) {
    const slots = (await (await fetch(`${url}/slots?model=${model}`)).json()) as { is_processing: boolean }[];
    assert.ok(slots.length > 0 && slots.every((slot) => !slot.is_processing), `slots of ${model}`);
  }
  const { models: loaded } = (await (await fetch(`${url}/api/ps`)).json()) as { models: { name: string }[] };
  assert.deepEqual(loaded.map(({ name }) => name).sort(), Object.keys(models));
}

/** The processes of the models, once what was to be ended has. */
async function lastChildren(pid: number): Promise<readonly number[]> {
  for (let round = 0; ; round++) {
    const children = await childrenOf(pid);
    if (children.length === Object.keys(models).length) return children;
    assert.ok(round < 300, `${children.length} children`);
    await delay(100);
  }
}

describe("a server under load", () => {
  it("gives right answers or errors, and leaves nothing behind", async (test) => {
    const server = await ServedProcess.start(models);
    try {
      const load = new Load(server.url, Object.keys(models));
      await load.learn();
      const until = performance.now() + SECONDS * 1000;
      using memory = new MemoryWatch(server.pid);
      const killing = killNowAndThen(server.pid, until);
      await Promise.all(Array.from({ length: CLIENTS }, () => load.client(until)));
      const [third, end] = [memory.before(1 / 3), memory.before(1)];
      const killed = await killing;
      test.diagnostic(
        `${SECONDS} s: ${load.requests} requests, ${load.right} right, ${load.left} left, ${killed.length} kills, ` +
          `errors ${JSON.stringify(Object.fromEntries(load.errors))}, ` +
          `resident ${Math.round(third / MIB)} MiB after a third, ${Math.round(end / MIB)} MiB at the end`,
      );
      assert.ok(load.right > CLIENTS && load.left > 0 && killed.length > 0);
      for (const error of load.errors.keys()) assert.match(error, /^The engine's process has ended \(SIGKILL\)/);
      assert.ok(end < third * MARGIN.share + MARGIN.bytes, `${third} bytes after a third, ${end} at the end`);
      await load.askAll();
      await requireQuiet(server.url);
      await requireFree(server.url);
      assert.equal((await fetch(`${server.url}/health`)).status, 200);
      const children = await lastChildren(server.pid);
      assert.equal(await server.end(), 0, server.log);
      for (const pid of [...killed, ...children]) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    } finally {
      server.kill();
    }
  });
});
