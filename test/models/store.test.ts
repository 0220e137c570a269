import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MullamaError } from "../../src/errors.js";
import { resolveModel } from "../../src/models/index.js";
import { acquireLock } from "../../src/models/lock.js";
import { ModelStore } from "../../src/models/store/model-store.js";
import { FakeHub } from "../support/http-hub.js";

const NAME = "hf:org/repo:model.gguf";
const PATH = "/org/repo/resolve/main/model.gguf";
const FILE = randomBytes(300_000);
const PULL = fileURLToPath(new URL("../support/http-pull.js", import.meta.url));

const root = mkdtempSync(join(tmpdir(), "mullama-store-"));
after(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;
const newHome = (): string => join(root, `home-${homes++}`);

function pullInChild(home: string): ChildProcess {
  return spawn(process.execPath, [PULL, NAME, home], { stdio: ["ignore", "pipe", "inherit"] });
}

/** Size of the partial file that lies in the store, 0 where there is none. */
function partialSize(home: string): number {
  if (!existsSync(join(home, "partial"))) return 0;
  const names = readdirSync(join(home, "partial"), { recursive: true }).map(String);
  const part = names.find((name) => name.endsWith(".part"));
  return part === undefined ? 0 : statSync(join(home, "partial", part)).size;
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 500, "should have come true within 5 seconds");
    await delay(10);
  }
}

describe("several processes", () => {
  test("that want one file share one download and all get it", async () => {
    await using hub = await FakeHub.start();
    hub.files.set(PATH, FILE);
    hub.faults.push({ kind: "drop", after: 100_000 });
    const home = newHome();
    const children = [1, 2, 3].map(() => pullInChild(home));
    const printed = await Promise.all(children.map((child) => text(child.stdout ?? assert.fail())));
    const paths = new Set(printed.map((line) => (JSON.parse(line) as { path: string }).path));
    assert.equal(paths.size, 1);
    for (const path of paths) assert.ok(readFileSync(path).equals(FILE));
    assert.equal(hub.downloads.length, 2);
    assert.deepEqual(readdirSync(join(home, "models")).length, 1);
    assert.deepEqual(readdirSync(join(home, "partial")), []);
  });

  test("a download goes on where a killed process left it", async () => {
    await using hub = await FakeHub.start();
    hub.files.set(PATH, FILE);
    hub.faults.push({ kind: "stall", after: 120_000 });
    const home = newHome();
    const child = pullInChild(home);
    await until(() => partialSize(home) === 120_000);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.ok(!existsSync(join(home, "models")));

    const phases = new Set<string>();
    const model = await resolveModel(NAME, { home, onProgress: ({ phase }) => phases.add(phase) });
    assert.ok(readFileSync(model.path).equals(FILE));
    assert.equal(hub.downloads[1]?.range, "bytes=120000-");
    assert.deepEqual([...phases], ["wait", "verify", "download"]);
    assert.deepEqual(readdirSync(join(home, "partial")), []);
  });
});

describe("a lock between processes", () => {
  const signal = new AbortController().signal;
  const notWaiting = (): void => assert.fail("should not have to wait");

  function writeLock(name: string, holder: object, age: number): string {
    const path = join(root, name);
    writeFileSync(path, JSON.stringify({ token: "other", host: hostname(), pid: process.pid, ...holder }));
    const then = new Date(Date.now() - age);
    utimesSync(path, then, then);
    return path;
  }

  test("is held by one at a time", async () => {
    const path = join(root, "one.lock");
    const first = await acquireLock(path, signal, notWaiting);
    let waited = 0;
    const second = acquireLock(path, signal, () => waited++);
    await delay(250);
    assert.equal(await first.isHeld(), true);
    await first.release();
    const lock = await second;
    assert.equal(waited, 1);
    assert.equal(await lock.isHeld(), true);
    await lock.release();
    assert.ok(!existsSync(path));
  });

  test("is taken at once from a process that died a while ago", async () => {
    const path = writeLock("dead.lock", { pid: 2 ** 22 + 1 }, 10_000);
    const lock = await acquireLock(path, signal, notWaiting);
    assert.equal(await lock.isHeld(), true);
    await lock.release();
  });

  test("is taken from a file that says nothing, and from another machine after two minutes only", async () => {
    const empty = join(root, "empty.lock");
    writeFileSync(empty, "");
    utimesSync(empty, 0, 0);
    await (await acquireLock(empty, signal, notWaiting)).release();

    const old = writeLock("old.lock", { host: "another-machine" }, 130_000);
    await (await acquireLock(old, signal, notWaiting)).release();
    const fresh = writeLock("fresh.lock", { host: "another-machine" }, 60_000);
    await assert.rejects(
      acquireLock(fresh, AbortSignal.timeout(150), () => undefined),
      { code: "ABORTED" },
    );
  });

  test("is not taken from a process that lives, however quiet", async () => {
    const path = writeLock("alive.lock", {}, 60_000);
    await assert.rejects(
      acquireLock(path, AbortSignal.timeout(150), () => undefined),
      { code: "ABORTED" },
    );
  });

  test("taken by another is not removed by the one that lost it", async () => {
    const path = join(root, "lost.lock");
    const lock = await acquireLock(path, signal, notWaiting);
    writeLock("lost.lock", {}, 0);
    assert.equal(await lock.isHeld(), false);
    await lock.release();
    assert.ok(existsSync(path));
  });
});

describe("the store", () => {
  test("refuses what the disk has no room for", async () => {
    const store = new ModelStore(newHome());
    mkdirSync(store.home);
    await assert.rejects(store.requireSpace(2 ** 60), (error: unknown) => {
      assert.ok(MullamaError.isInstance(error));
      assert.equal(error.code, "OUT_OF_SPACE");
      assert.match(error.message, /are needed in .*, but only .* are free\..*MULLAMA_HOME/);
      return true;
    });
    await store.requireSpace(1);
  });

  test("fetches again what was deleted or cut short behind its back", async () => {
    await using hub = await FakeHub.start();
    hub.files.set(PATH, FILE);
    const home = newHome();
    const { path } = await resolveModel(NAME, { home });
    writeFileSync(path, FILE.subarray(0, 10));
    assert.ok(readFileSync((await resolveModel(NAME, { home })).path).equals(FILE));
    rmSync(path);
    assert.ok(readFileSync((await resolveModel(NAME, { home })).path).equals(FILE));
    assert.equal(hub.downloads.length, 3);
  });

  test("keeps a file once that two names mean", async () => {
    await using hub = await FakeHub.start();
    hub.files.set(PATH, FILE);
    hub.files.set("/org/copy/resolve/main/model.gguf", FILE);
    const home = newHome();
    const first = await resolveModel(NAME, { home });
    const second = await resolveModel("hf:org/copy:model.gguf", { home });
    assert.equal(first.path, second.path);
    assert.equal(second.source, "hf:org/copy:model.gguf");
    assert.deepEqual(readdirSync(join(home, "models")), [
      `sha256-${createHash("sha256").update(FILE).digest("hex")}.gguf`,
    ]);
  });

  test("says so where its folder cannot be made", async () => {
    await using hub = await FakeHub.start();
    hub.files.set(PATH, FILE);
    const blocked = join(root, "a-file");
    writeFileSync(blocked, "");
    await assert.rejects(
      resolveModel(NAME, { home: join(blocked, "home") }),
      /cannot be used: .*ENOTDIR.*Set MULLAMA_HOME/,
    );
  });
});
