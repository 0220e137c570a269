import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { MullamaError } from "../../src/errors.js";
import { ModelPool, type PoolEvent, type PoolOptions, type ServedModel } from "../../src/server/index.js";
import { hasCode } from "../support/has-code.js";

/** A model that only knows whether it was disposed. */
class FakeModel {
  disposed = false;

  dispose(): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

const MIB = 2 ** 20;
const MINUTE = 60_000;

function served(id: string, more: Partial<ServedModel> = {}): ServedModel {
  return {
    id,
    source: id,
    aliases: [],
    options: {},
    defaults: {},
    limits: {},
    loraAdapters: [],
    system: undefined,
    keepAlive: undefined,
    pinned: false,
    ...more,
  };
}

/** A pool of fake models, and what happened in it. Each model needs 100 MiB. */
function fakePool(options: Partial<PoolOptions<FakeModel>> = {}, models: Record<string, Partial<ServedModel>> = {}) {
  const events: string[] = [];
  const loads: string[] = [];
  const pool = new ModelPool<FakeModel>({
    find: (name) => Promise.resolve(served(name, models[name])),
    load: async ({ id }) => {
      loads.push(id);
      await Promise.resolve();
      return new FakeModel();
    },
    estimate: () => Promise.resolve({ host: 100 * MIB, gpu: 0 }),
    ...options,
  });
  pool.subscribe((event) => {
    if (event.type !== "loading") events.push(describeEvent(event));
  });
  return { pool, events, loads };
}

function describeEvent(event: PoolEvent): string {
  return `${event.type} ${event.id}${event.type === "unloaded" ? ` ${event.reason}` : ""}`;
}

/** Lets what waits for promises, and for nothing else, go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

describe("the pool of models", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
  afterEach(() => mock.timers.reset());

  it("loads a model once for all who ask for it", async () => {
    const { pool, loads } = fakePool();
    const leases = await Promise.all(Array.from({ length: 10 }, () => pool.lease("a")));
    assert.deepEqual(loads, ["a"]);
    assert.equal(pool.list()[0]?.users, 10);
    assert.equal(new Set(leases.map(({ model }) => model)).size, 1);
    for (const lease of leases) lease.release();
    leases[0]?.release();
    assert.equal(pool.list()[0]?.users, 0);
  });

  it("unloads a model five minutes after its last use, and not before", async () => {
    const { pool, events } = fakePool();
    const lease = await pool.lease("a");
    mock.timers.tick(60 * MINUTE);
    assert.equal(pool.list()[0]?.expiresAt, undefined);
    lease.release();
    assert.equal(pool.list()[0]?.expiresAt?.getTime(), Date.now() + 5 * MINUTE);
    mock.timers.tick(4 * MINUTE);
    await pool.load("a");
    mock.timers.tick(4 * MINUTE);
    await settle();
    assert.equal(pool.list().length, 1);
    mock.timers.tick(MINUTE);
    await settle();
    assert.deepEqual(events, ["loaded a", "unloaded a idle"]);
    assert.equal(lease.model.disposed, true);
  });

  it("keeps what is asked to stay, and lets go at once of what is not", async () => {
    const { pool } = fakePool({}, { preset: { keepAlive: Infinity } });
    await pool.load("a", { keepAlive: Infinity });
    await pool.load("preset");
    mock.timers.tick(1000 * MINUTE);
    await pool.load("b", { keepAlive: 0 });
    await settle();
    assert.deepEqual(
      pool
        .list()
        .map(({ id }) => id)
        .sort(),
      ["a", "preset"],
    );
    await pool.load("a", { keepAlive: 0 });
    await settle();
    assert.deepEqual(
      pool.list().map(({ id }) => id),
      ["preset"],
    );
  });

  it("makes room by unloading what was used the longest ago, but nothing pinned", async () => {
    const { pool, events } = fakePool({ maxModels: 3 }, { a: { pinned: true } });
    for (const name of ["a", "b", "c", "b"]) {
      await pool.load(name);
      mock.timers.tick(1000);
    }
    await pool.load("d");
    assert.deepEqual(events.at(-2), "unloaded c evicted");
    assert.deepEqual(
      pool
        .list()
        .map(({ id }) => id)
        .sort(),
      ["a", "b", "d"],
    );
  });

  it("keeps to the memory that there is", async () => {
    const { pool } = fakePool({ room: (granted) => 250 * MIB - granted });
    for (const name of ["a", "b", "c"]) {
      await pool.load(name);
      mock.timers.tick(1000);
    }
    assert.deepEqual(
      pool
        .list()
        .map(({ id }) => id)
        .sort(),
      ["b", "c"],
    );
  });

  it("refuses what cannot fit, with numbers, and unloads nothing for it", async () => {
    const { pool, loads } = fakePool({
      room: (granted) => 250 * MIB - granted,
      estimate: ({ id }) => Promise.resolve({ host: (id === "big" ? 300 : 100) * MIB, gpu: 0 }),
    });
    await pool.load("a");
    await assert.rejects(pool.load("big"), hasCode("OUT_OF_MEMORY", /300 MiB of memory, 150 MiB more|300 MiB/));
    assert.deepEqual(loads, ["a"]);
    assert.equal(pool.list().length, 1);
  });

  it("waits for room while models are in use, and says so when none comes", async () => {
    const { pool } = fakePool({ maxModels: 1, patience: 1000 });
    const lease = await pool.lease("a");
    const second = pool.lease("b");
    await settle();
    lease.release();
    await settle();
    assert.equal(lease.model.disposed, true);
    const held = await second;
    const third = assert.rejects(pool.lease("c"), hasCode("BUSY", /b are in use/));
    // Patience is measured by the machine's own clock: it is over when the timer says so.
    await settle();
    mock.timers.tick(2000);
    await third;
    held.release();
  });

  it("lets go of its place in the queue when it is cancelled", async () => {
    const { pool } = fakePool({ maxModels: 1 });
    const lease = await pool.lease("a");
    const leave = new AbortController();
    const waiting = assert.rejects(pool.lease("b", { signal: leave.signal }), hasCode("ABORTED"));
    await settle();
    leave.abort();
    await waiting;
    lease.release();
    await pool.load("c");
    assert.deepEqual(
      pool.list().map(({ id }) => id),
      ["c"],
    );
  });

  it("stops loading when nobody waits for it any more", async () => {
    let aborted = false;
    const { pool, events } = fakePool({
      load: (_served, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(new MullamaError("ABORTED", "Loading was stopped."));
          }),
        ),
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const waits = [one, other].map(({ signal }) => assert.rejects(pool.lease("a", { signal }), hasCode("ABORTED")));
    await settle();
    one.abort();
    await settle();
    assert.equal(aborted, false);
    other.abort();
    await Promise.all(waits);
    await settle();
    assert.equal(aborted, true);
    assert.deepEqual(pool.list(), []);
    assert.ok(events.includes("unloaded a idle"));
  });

  it("stops fetching a file when nobody waits for it any more, and tells how far it was", async () => {
    const stopped: boolean[] = [];
    const { pool } = fakePool({
      estimate: (_served, { signal, onProgress }) =>
        new Promise((_resolve, reject) => {
          onProgress({ phase: "load", progress: 0.5 });
          signal.addEventListener("abort", () => {
            stopped.push(true);
            reject(new MullamaError("ABORTED", "Fetching was stopped."));
          });
        }),
    });
    const heard: unknown[] = [];
    pool.subscribe((event) => heard.push(event));
    const [one, other] = [new AbortController(), new AbortController()];
    const waits = [one, other].map(({ signal }) => assert.rejects(pool.lease("a", { signal }), hasCode("ABORTED")));
    await settle();
    one.abort();
    await settle();
    assert.deepEqual(stopped, []);
    other.abort();
    await Promise.all(waits);
    assert.deepEqual(stopped, [true]);
    assert.deepEqual(heard, [{ type: "loading", id: "a", progress: { phase: "load", progress: 0.5 } }]);
  });

  it("tells everyone why a model was not loaded, and tries again for the next", async () => {
    let attempts = 0;
    const { pool, events } = fakePool({
      load: async () => {
        attempts++;
        if (attempts > 1) return new FakeModel();
        await settle();
        throw new MullamaError("MODEL_LOAD_FAILED", "It is damaged.");
      },
    });
    const failures = await Promise.allSettled([pool.lease("a"), pool.lease("a")]);
    assert.deepEqual(
      failures.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    await pool.load("a");
    assert.deepEqual(events, ["load-failed a", "loaded a"]);
  });

  it("loads a model again whose process has died", async () => {
    const { pool, events, loads } = fakePool();
    const crash = new MullamaError("ENGINE_CRASHED", "It has ended.");
    const other = await pool.lease("a");
    await assert.rejects(
      pool.use("a", () => Promise.reject(crash)),
      hasCode("ENGINE_CRASHED"),
    );
    await pool.load("a");
    assert.deepEqual(loads, ["a", "a"]);
    assert.equal(other.model.disposed, false);
    other.failed(crash);
    await settle();
    assert.equal(other.model.disposed, true);
    assert.deepEqual(events, ["loaded a", "crashed a", "loaded a", "unloaded a crashed"]);
  });

  it("takes on what was configured anew with the next request, while others go on with the old", async () => {
    const models: Record<string, Partial<ServedModel>> = { a: { options: { contextSize: 512 } } };
    const { pool, loads } = fakePool({}, models);
    const old = await pool.lease("a");
    models["a"] = { options: { contextSize: 1024 } };
    const next = await pool.lease("a");
    assert.notEqual(next.model, old.model);
    assert.equal(old.model.disposed, false);
    old.release();
    await settle();
    assert.equal(old.model.disposed, true);
    assert.deepEqual(loads, ["a", "a"]);
    next.release();
  });

  it("waits for requests before it unloads what someone wants unloaded", async () => {
    const { pool } = fakePool();
    assert.equal(await pool.unload("a"), false);
    const lease = await pool.lease("a");
    const unloaded = pool.unload("a");
    await settle();
    assert.equal(lease.model.disposed, false);
    assert.deepEqual(pool.list(), []);
    lease.release();
    assert.equal(await unloaded, true);
    assert.equal(lease.model.disposed, true);
  });

  it("unloads everything when it is closed, and takes nothing more", async () => {
    const { pool } = fakePool();
    const lease = await pool.lease("a");
    await pool.dispose();
    assert.equal(lease.model.disposed, true);
    await assert.rejects(pool.lease("a"), hasCode("DISPOSED"));
    lease.release();
  });
});
