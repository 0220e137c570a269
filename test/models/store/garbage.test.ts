/** What is cleared away, what is not, and that a store survives whatever becomes of the processes that change it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ModelStore } from "../../../src/models/index.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { tinyLlama } from "../../support/tiny-models.js";

const CHURN = fileURLToPath(new URL("../../support/store-churn.js", import.meta.url));
const LONG_AGO = new Date("2020-01-01");

/** A store with a model of its own, one elsewhere, and one file of each kind that nobody needs. */
async function messyStore(): Promise<{ store: ModelStore; kept: string[]; garbage: string[] }> {
  const store = new ModelStore(temporaryFolder());
  const { path } = tinyLlama();
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  const inHome = (...parts: string[]): string => join(store.home, ...parts);
  for (const folder of ["models", "names", "partial/old", "partial/young"])
    mkdirSync(inHome(folder), { recursive: true });
  copyFileSync(path, store.pathOf(sha256));
  await store.create("own", { from: `sha256:${sha256}` });
  await store.create("place", { from: tinyLlama({ seed: 2 }).path });

  const old = [
    store.pathOf("a".repeat(64)),
    inHome("names", "broken.json"),
    inHome("names", "x.json.1.tmp"),
    inHome("partial", "old", "file.part"),
    inHome("partial", "old.lock"),
    inHome("partial", "blob-1.part"),
  ];
  const young = [store.pathOf("b".repeat(64)), inHome("partial", "young", "file.part")];
  const foreign = inHome("models", "mine.gguf");
  for (const file of [...old, ...young, foreign]) writeFileSync(file, "12345");
  for (const file of [...old, foreign, inHome("partial", "old"), store.pathOf(sha256)])
    utimesSync(file, LONG_AGO, LONG_AGO);
  return { store, kept: [...young, foreign, store.pathOf(sha256)], garbage: old };
}

describe("clearing away", () => {
  test("takes what no model needs, once it is old, and tells how much it was", async () => {
    const { store, kept, garbage } = await messyStore();
    const planned = await store.gc({ dryRun: true });
    assert.ok([...kept, ...garbage].every((path) => existsSync(path)));
    const { removed, bytes } = await store.gc();
    assert.deepEqual(
      removed.map(({ kind, path }) => [kind, path]).toSorted(),
      planned.removed.map(({ kind, path }) => [kind, path]).toSorted(),
    );
    assert.equal(bytes, 25);
    assert.deepEqual(
      garbage.filter((path) => existsSync(path)),
      [],
    );
    assert.deepEqual(
      kept.filter((path) => !existsSync(path)),
      [],
    );
    assert.deepEqual(await store.gc(), { removed: [], bytes: 0 });
    assert.deepEqual(
      (await store.list()).map(({ complete }) => complete),
      [true, true],
    );
  });

  test("takes what is young too, where it is told to", async () => {
    const { store, kept } = await messyStore();
    await store.gc({ minAge: 0, partialAge: 0 });
    assert.deepEqual(
      kept.map((path) => existsSync(path)),
      [false, false, true, true],
    );
    await assert.rejects(store.gc({ minAge: -1 }), { code: "ARGUMENT_INVALID", argument: "minAge" });
  });

  test("of a store that is not there makes none", async () => {
    const home = join(temporaryFolder(), "none");
    assert.deepEqual(await new ModelStore(home).gc(), { removed: [], bytes: 0 });
    assert.ok(!existsSync(home));
  });
});

describe("verifying", () => {
  test("finds what is gone, cut short, changed or unreadable", async () => {
    const store = new ModelStore(temporaryFolder());
    const paths: Record<string, string> = {};
    for (const name of ["missing", "size", "digest", "whole"]) {
      const path = join(store.home, `${name}.gguf`);
      copyFileSync(tinyLlama().path, path);
      await store.create(name, { from: path });
      paths[name] = path;
    }
    const bytes = readFileSync(paths["digest"] ?? "");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(paths["digest"] ?? "", bytes);
    writeFileSync(paths["size"] ?? "", "short");
    rmSync(paths["missing"] ?? "");
    writeFileSync(join(store.home, "names", "x.json"), "?");
    const faults = await store.verify();
    assert.deepEqual(faults.map(({ problem, models }) => [problem, ...models]).toSorted(), [
      ["digest", "digest:latest"],
      ["missing", "missing:latest"],
      ["record"],
      ["size", "size:latest"],
    ]);
  });
});

describe("processes that are killed while they change the store", () => {
  test("leave it whole", { timeout: 60_000 }, async () => {
    await Promise.all(
      [0, 1, 2].map(async () => {
        const home = temporaryFolder();
        const store = new ModelStore(home);
        for (let round = 0; round < 3; round++) {
          await Promise.all([churn(home), churn(home)]);
          assert.deepEqual(await store.verify(), []);
        }
        await store.gc({ minAge: 0, partialAge: 0 });
        const needed = [...(await store.referenced())].map((sha256) => `sha256-${sha256}.gguf`);
        assert.deepEqual(readdirSync(join(home, "models")).toSorted(), needed.toSorted());
        assert.deepEqual(readdirSync(join(home, "partial")), []);
        assert.ok(readdirSync(join(home, "names")).every((name) => name.endsWith(".json")));
        assert.deepEqual(await store.verify(), []);
      }),
    );
  });
});

/** Lets a process change a store, and kills it at some moment. */
async function churn(home: string): Promise<void> {
  const child = spawn(process.execPath, [CHURN, home], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  await once(child.stdout, "data");
  await delay(100 + Math.random() * 400);
  assert.equal(child.exitCode, null);
  child.kill("SIGKILL");
  await exit;
}
