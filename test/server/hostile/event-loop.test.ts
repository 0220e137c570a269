import assert from "node:assert/strict";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { serve } from "../../../src/server/index.js";
import type { Bombardment, BombardOptions } from "../../support/bombard-thread.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { chatTemplate } from "../../support/tiny-server.js";

/** Of this thread, which does nothing but serve. Before strangers' work was done aside, it was seconds. */
const LONGEST_DELAY_MS = 500;

describe("a server that is asked for the worst that there is", () => {
  it("keeps its event loop free, and gives others right answers meanwhile", async (test) => {
    const models = { tiny: { model: tinyLlama().path, contextSize: 1024, parallel: 4, threads: 1, chatTemplate } };
    const errors: unknown[] = [];
    await using server = await serve({ port: 0, store: false, models, onError: (error) => errors.push(error) });
    const workerData: BombardOptions = { url: server.url, ms: 15_000, attackers: 6 };
    const clients = new Worker(new URL("../../support/bombard-thread.js", import.meta.url), { workerData });
    await once(clients, "message");
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const [{ statuses, right, busy, wrong }] = (await once(clients, "message")) as [Bombardment];
    delay.disable();
    const p99 = delay.percentile(99) / 1e6;
    const told = JSON.stringify({ statuses, right, busy, p99, max: delay.max / 1e6 });
    test.diagnostic(told);
    assert.deepEqual(wrong, []);
    assert.ok(right > busy && right > 5, told);
    for (const status of Object.keys(statuses)) assert.match(status, /^(200|400|503)$/, told);
    assert.ok(p99 < LONGEST_DELAY_MS, told);
    // Those who find no room are told so; it is nothing that broke.
    for (const error of errors) assert.match(String(error), /wait to be worked on/);
  });
});
