/** Files that several models share, or that one model has several of. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { MullamaError } from "../../src/errors.js";
import { type ModelProgress, ModelStore, type ResolvedModel, resolveModel } from "../../src/models/index.js";
import { FakeHub } from "../support/http-hub.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const root = temporaryFolder();
let homes = 0;
const newHome = (): string => join(root, `home-${homes++}`);

const FILE = randomBytes(300_000);
const NAMES = ["hf:org/one:a.gguf", "hf:org/two:b.gguf"];
const PULL = fileURLToPath(new URL("../support/http-pull.js", import.meta.url));
const PATIENT = { connectTimeout: 30_000, lastConnectTimeout: 30_000, stallTimeout: 30_000, backOff: 5 };

async function startHub(): Promise<FakeHub> {
  const hub = await FakeHub.start();
  hub.files.set("/org/one/resolve/main/a.gguf", FILE);
  hub.files.set("/org/two/resolve/main/b.gguf", FILE);
  return hub;
}

describe("one file under two names", () => {
  test("is fetched once by those who want it at the same time", async () => {
    await using hub = await startHub();
    const home = newHome();
    const found = await Promise.all(NAMES.map((name) => resolveModel(name, { home, network: PATIENT })));
    for (const { path } of found) assert.ok(readFileSync(path).equals(FILE));
    assert.deepEqual(
      found.map(({ name }) => name),
      NAMES,
    );
    assert.equal(hub.downloads.length, 1);
    assert.deepEqual(readdirSync(join(home, "partial")), []);
    const store = new ModelStore(home);
    assert.equal((await store.remove("hf:org/one:a.gguf")).freed, 0);
    assert.equal((await store.remove("hf:org/two:b.gguf")).freed, FILE.length);
  });

  test("is fetched once by two processes", async () => {
    await using hub = await startHub();
    const home = newHome();
    const network = JSON.stringify(PATIENT);
    const printed = await Promise.all(
      NAMES.map((name) => {
        const child = spawn(process.execPath, [PULL, name, home, network], { stdio: ["ignore", "pipe", "inherit"] });
        return text(child.stdout);
      }),
    );
    for (const line of printed) assert.ok(readFileSync((JSON.parse(line) as ResolvedModel).path).equals(FILE));
    assert.equal(hub.downloads.length, 1);
  });

  test("is gone on with under the other name", async () => {
    await using hub = await startHub();
    hub.faults.push({ kind: "stall", after: 100_000 });
    const home = newHome();
    const network = { ...PATIENT, stallTimeout: 1000, retries: 0 };
    await assert.rejects(resolveModel("hf:org/one:a.gguf", { home, network }), { code: "DOWNLOAD_FAILED" });
    assert.ok(readFileSync((await resolveModel("hf:org/two:b.gguf", { home, network: PATIENT })).path).equals(FILE));
    assert.equal(hub.downloads[1]?.range, "bytes=100000-");
  });
});

describe("a model in several files", () => {
  const parts = [randomBytes(100_000), randomBytes(200_000), randomBytes(50_000)];
  const NAME = "hf:org/split:m-00001-of-00003.gguf";

  async function startSplit(): Promise<FakeHub> {
    const hub = await FakeHub.start();
    for (const [index, part] of parts.entries())
      hub.files.set(`/org/split/resolve/main/m-0000${index + 1}-of-00003.gguf`, part);
    return hub;
  }

  test("is refused before the first byte where the disk has no room for all of them", async (context) => {
    await using hub = await startSplit();
    const home = newHome();
    const sizes: number[] = [];
    let room = 349_999;
    context.mock.method(ModelStore.prototype, "requireSpace", async (bytes: number) => {
      sizes.push(bytes);
      if (bytes > room) throw new MullamaError("OUT_OF_SPACE", "It is full.");
    });
    await assert.rejects(resolveModel(NAME, { home, network: PATIENT }), { code: "OUT_OF_SPACE" });
    assert.equal(hub.downloads.length, 0);
    room = 350_000;
    hub.faults.push({ kind: "none" }, { kind: "stall", after: 150_000 });
    const network = { ...PATIENT, stallTimeout: 1000, retries: 0 };
    await assert.rejects(resolveModel(NAME, { home, network }), { code: "DOWNLOAD_FAILED" });
    // What is there already takes no more room, but for the rest of its last block.
    room = 100_000;
    await resolveModel(NAME, { home, network: PATIENT });
    assert.equal(sizes[0], 350_000);
    assert.ok(sizes.filter((bytes) => bytes > 0 && bytes <= 100_000).length > 0, String(sizes));
  });

  test("keeps those that have come while the store is cleared", async () => {
    await using hub = await startSplit();
    hub.faults.push({ kind: "none" }, { kind: "stall", after: 1000 });
    const home = newHome();
    const store = new ModelStore(home);
    const cleared: Promise<unknown>[] = [];
    const onProgress = (progress: ModelProgress): void => {
      if (progress.phase !== "download" || progress.received <= 100_000 || cleared.length > 0) return;
      cleared.push(store.gc({ minAge: 0, partialAge: 0 }));
    };
    await resolveModel(NAME, { home, network: { ...PATIENT, stallTimeout: 2000 }, onProgress });
    await Promise.all(cleared);
    assert.equal(cleared.length, 1);
    assert.deepEqual(await store.verify(), []);
    assert.equal(hub.downloads.length, 4);
  });
});
