/** The cache that Hugging Face's own programs share: what they have is used, and what is fetched they find. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { type ModelProgress, ModelStore, type ResolvedModel, resolveModel } from "../../src/models/index.js";
import { FakeHub } from "../support/http-hub.js";
import { python, runPython } from "../support/python.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const NAME = "hf:org/repo:folder/model.gguf";
const FILE = randomBytes(300_000);
const SHA = createHash("sha256").update(FILE).digest("hex");
const network = {
  connectTimeout: 30_000,
  lastConnectTimeout: 30_000,
  stallTimeout: 30_000,
  backOff: 5,
  retries: 1,
  allowPrivateHosts: true,
};

interface Setup extends AsyncDisposable {
  readonly hub: FakeHub;
  readonly cache: string;
  readonly store: ModelStore;
  /** A path in what the cache has of the repository. */
  readonly at: (...path: string[]) => string;
  readonly pull: (name?: string, onProgress?: (progress: ModelProgress) => void) => Promise<ResolvedModel>;
}

/** A hub with a file, an empty cache, and a store on the same disk. */
async function setUp(): Promise<Setup> {
  const hub = await FakeHub.start();
  hub.files.set("/org/repo/resolve/main/folder/model.gguf", FILE);
  const folder = temporaryFolder();
  const cache = join(folder, "hub");
  mkdirSync(cache);
  process.env["HF_HUB_CACHE"] = cache;
  const store = new ModelStore(join(folder, "home"));
  return {
    hub,
    cache,
    store,
    at: (...path) => join(cache, "models--org--repo", ...path),
    pull: (name = NAME, onProgress) => resolveModel(name, { home: store.home, network, onProgress }),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

describe("what Hugging Face's programs have fetched", () => {
  test("is used where it lies, after its bytes were read once", async () => {
    await using setup = await setUp();
    const { hub, store, at, pull } = setup;
    write(at("blobs", SHA), FILE);
    const phases = new Set<string>();
    const model = await pull(NAME, ({ phase }) => phases.add(phase));
    assert.equal(model.path, at("blobs", SHA));
    assert.deepEqual([...phases], ["verify"]);
    assert.equal(hub.downloads.length, 0);
    assert.equal(existsSync(store.pathOf(SHA)), false);
    assert.equal((await store.require(NAME)).files[0]?.modified, statSync(model.path).mtimeMs);
    assert.deepEqual(await store.verify(), []);
    assert.equal((await store.remove(NAME)).freed, 0);
    assert.ok(existsSync(at("blobs", SHA)));
  });

  test("is fetched into the store once it is gone there", async () => {
    await using setup = await setUp();
    const { at, pull, store } = setup;
    write(at("blobs", SHA), FILE);
    await pull();
    rmSync(at("blobs", SHA));
    assert.ok(readFileSync((await pull()).path).equals(FILE));
    assert.ok(existsSync(store.pathOf(SHA)));
  });

  for (const [what, bytes] of [
    ["has other bytes", Buffer.alloc(FILE.length)],
    ["is not whole", FILE.subarray(1)],
  ] as const) {
    test(`is left alone where it ${what}`, async () => {
      await using setup = await setUp();
      const { at, pull, store, hub } = setup;
      write(at("blobs", SHA), bytes);
      assert.equal((await pull()).path, store.pathOf(SHA));
      assert.equal(hub.downloads.length, 1);
      assert.ok(readFileSync(at("blobs", SHA)).equals(bytes));
    });
  }

  test("is not looked for, nor added to, where MULLAMA_HF_CACHE is 0", async () => {
    await using setup = await setUp();
    const { at, pull, store, cache } = setup;
    process.env["MULLAMA_HF_CACHE"] = "0";
    try {
      assert.equal((await pull()).path, store.pathOf(SHA));
      assert.deepEqual(readdirSync(cache), []);
      write(at("blobs", SHA), FILE);
      await store.remove(NAME);
      assert.equal((await pull()).path, store.pathOf(SHA));
    } finally {
      delete process.env["MULLAMA_HF_CACHE"];
    }
  });
});

describe("what is fetched from the hub", () => {
  test("is in their cache as they would have put it there, and takes no more room", async () => {
    await using setup = await setUp();
    const { hub, at, pull, store } = setup;
    const { path } = await pull();
    assert.equal(path, store.pathOf(SHA));
    assert.equal(statSync(at("blobs", SHA)).ino, statSync(path).ino);
    assert.equal(readlinkSync(at("snapshots", hub.commit, "folder", "model.gguf")), join("../../..", "blobs", SHA));
    assert.equal(readFileSync(at("refs", "main"), "utf8"), hub.commit);
    assert.deepEqual(readdirSync(join(store.home, "partial")), []);
    assert.equal((await store.remove(NAME)).freed, 0);
    assert.ok(readFileSync(at("snapshots", hub.commit, "folder", "model.gguf")).equals(FILE));
    // And is used from there when it is wanted again.
    assert.equal((await pull()).path, at("blobs", SHA));
    assert.equal(hub.downloads.length, 1);
  });

  test("frees its bytes where nobody else has it", async () => {
    await using setup = await setUp();
    const { pull, store, cache } = setup;
    rmSync(cache, { recursive: true });
    await pull();
    assert.equal(existsSync(cache), false);
    assert.equal((await store.remove(NAME)).freed, FILE.length);
  });

  test("is there under the branch that it was asked for, and all files of a model are", async () => {
    await using setup = await setUp();
    const { hub, at, pull } = setup;
    hub.files.set("/org/repo/resolve/refs%2Fpr%2F1/m-Q4_0.gguf", FILE);
    hub.files.set("/org/repo/resolve/refs%2Fpr%2F1/mmproj-F16.gguf", Buffer.from("sees"));
    await pull("hf:org/repo@refs/pr/1:Q4_0");
    assert.equal(readFileSync(at("refs", "refs", "pr", "1"), "utf8"), hub.commit);
    assert.deepEqual(readdirSync(at("snapshots", hub.commit)).toSorted(), ["m-Q4_0.gguf", "mmproj-F16.gguf"]);
    assert.equal(readdirSync(at("blobs")).length, 2);
  });

  for (const [what, commit] of [
    ["no commit", ""],
    ["no sane commit", "../../../outside"],
  ]) {
    test(`is left out where the hub names ${what}`, async () => {
      await using setup = await setUp();
      setup.hub.commit = commit ?? "";
      assert.ok(readFileSync((await setup.pull()).path).equals(FILE));
      assert.deepEqual(readdirSync(setup.cache), []);
    });
  }

  test("is in the store even where the cache cannot be written", async () => {
    await using setup = await setUp();
    const { at, pull, cache } = setup;
    writeFileSync(at(), "no folder");
    assert.ok(readFileSync((await pull()).path).equals(FILE));
    assert.deepEqual(readdirSync(cache), ["models--org--repo"]);
  });
});

describe("Hugging Face's own client for Python", () => {
  const found = python("huggingface_hub", "2.4.0");
  const missing = "missing" in found ? found.missing : undefined;

  test("finds what was fetched, and gives what it fetched", { skip: missing ?? false }, async () => {
    await using setup = await setUp();
    const { hub, pull, store, cache, at } = setup;
    // As with the real hub, the bytes are on another host than what is said of them.
    hub.storageHost = "localhost";
    await pull();
    const program = "program" in found ? found.program : "";
    const script = `
import json
from huggingface_hub import scan_cache_dir, try_to_load_from_cache, hf_hub_download
path = try_to_load_from_cache("org/repo", "folder/model.gguf")
info = scan_cache_dir()
fetched = hf_hub_download("org/repo", "folder/model.gguf")
print(json.dumps([path, len(info.warnings), info.size_on_disk, [r.repo_id for r in info.repos], fetched]))`;
    const env = { HF_HUB_CACHE: cache, HF_ENDPOINT: hub.url, HF_HUB_DISABLE_TELEMETRY: "1", HF_HUB_DISABLE_XET: "1" };
    const { status, stdout, stderr } = await runPython(program, script, env);
    assert.equal(status, 0, stderr);
    const pointer = at("snapshots", hub.commit, "folder", "model.gguf");
    assert.deepEqual(JSON.parse(stdout), [pointer, 0, FILE.length, ["org/repo"], pointer]);
    assert.equal(hub.downloads.length, 1);

    // The other way round: what it has fetched is used.
    await store.remove(NAME);
    rmSync(at(), { recursive: true });
    const again = `
from huggingface_hub import hf_hub_download
print(hf_hub_download("org/repo", "folder/model.gguf"))`;
    const second = await runPython(program, again, env);
    assert.equal(second.status, 0, second.stderr);
    assert.equal(hub.downloads.length, 2);
    assert.equal((await pull()).path, at("blobs", SHA));
    assert.equal(hub.downloads.length, 2);
  });
});
