import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { MullamaError } from "../../src/errors.js";
import { type ModelProgress, type ResolvedModel, type ResolveOptions, resolveModel } from "../../src/models/index.js";
import { FakeHub } from "../support/http-hub.js";

const NAME = "hf:org/repo:folder/model one.gguf";
const PATH = "/org/repo/resolve/main/folder/model%20one.gguf";
const FILE = randomBytes(300_000);
const QUICK = { connectTimeout: 300, lastConnectTimeout: 300, stallTimeout: 300, backOff: 5 };

const root = mkdtempSync(join(tmpdir(), "mullama-hub-"));
after(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;
const newHome = (): string => join(root, `home-${homes++}`);

async function startHub(...faults: FakeHub["faults"]): Promise<FakeHub> {
  const hub = await FakeHub.start();
  hub.files.set(PATH, FILE);
  hub.faults.push(...faults);
  return hub;
}

const pull = (home: string, options: ResolveOptions = {}): Promise<ResolvedModel> =>
  resolveModel(NAME, { home, network: QUICK, ...options });

function assertWhole(model: ResolvedModel): void {
  assert.ok(readFileSync(model.path).equals(FILE));
}

/** The names in the store's `models/`, which is all that others may see. */
function visible(home: string): string[] {
  try {
    return readdirSync(join(home, "models"));
  } catch {
    return [];
  }
}

async function failure(work: Promise<unknown>): Promise<MullamaError> {
  const error: unknown = await work.then(
    () => assert.fail("should have failed"),
    (reason: unknown) => reason,
  );
  assert.ok(MullamaError.isInstance(error), String(error));
  return error;
}

describe("a download that goes well", () => {
  test("ends in the store under its own digest, with progress up to its size", async () => {
    await using hub = await startHub();
    const home = newHome();
    const seen: ModelProgress[] = [];
    const model = await pull(home, { onProgress: (progress) => seen.push(progress) });
    assertWhole(model);
    assert.deepEqual(visible(home), [`sha256-${createHash("sha256").update(FILE).digest("hex")}.gguf`]);
    assert.equal(model.name, NAME);
    assert.equal(model.source, NAME);
    const last = seen.at(-1);
    assert.ok(last !== undefined && "received" in last);
    const { phase, source, received, total } = last;
    assert.deepEqual(
      [phase, source, received, total],
      ["download", "Hugging Face (org/repo)", FILE.length, FILE.length],
    );
    assert.deepEqual(readdirSync(join(home, "partial")), []);
    assert.equal(hub.downloads.length, 1);
  });

  test("is not done again, even with no network", async () => {
    const home = newHome();
    {
      await using _hub = await startHub();
      await pull(home);
    }
    assertWhole(await pull(home, { offline: true }));
  });

  test("follows a renamed repository", async () => {
    await using hub = await startHub();
    hub.renamed.set("/old/name", "/org/repo");
    const model = await resolveModel("hf:old/name:folder/model one.gguf", { home: newHome(), network: QUICK });
    assertWhole(model);
  });

  test("sends HF_TOKEN to the hub, and says nothing of it where there is none", async () => {
    await using hub = await startHub();
    await pull(newHome());
    process.env["HF_TOKEN"] = "hf_secret";
    try {
      await pull(newHome());
    } finally {
      delete process.env["HF_TOKEN"];
    }
    const sent = hub.requests.filter(({ path }) => path === PATH).map(({ authorization }) => authorization);
    assert.deepEqual(sent, [undefined, undefined, "Bearer hf_secret", "Bearer hf_secret"]);
  });
});

describe("the token that Hugging Face's own program has saved", () => {
  test("is sent where HF_TOKEN is not set", async () => {
    await using hub = await startHub();
    const saved = join(root, "token");
    writeFileSync(saved, "hf_saved\n");
    process.env["HF_TOKEN_PATH"] = saved;
    await pull(newHome());
    assert.equal(hub.requests[0]?.authorization, "Bearer hf_saved");
  });
});

describe("a download that goes wrong on the way", () => {
  test("goes on where the connection broke", async () => {
    await using hub = await startHub({ kind: "drop", after: 100_000 }, { kind: "drop", after: 50_000 });
    assertWhole(await pull(newHome()));
    const ranges = hub.downloads.map(({ range }) => range);
    assert.equal(ranges.length, 3);
    assert.equal(ranges[0], undefined);
    assert.match(ranges[1] ?? "", /^bytes=[1-9]\d*-$/);
  });

  test("goes on after a silence", async () => {
    await using hub = await startHub({ kind: "stall", after: 100_000 });
    assertWhole(await pull(newHome()));
    assert.equal(hub.downloads[1]?.range, "bytes=100000-");
  });

  test("asks again after 429, when the host says, and after 500", async () => {
    await using hub = await startHub(
      { kind: "status", status: 429, headers: { "retry-after": "1" } },
      { kind: "status", status: 500 },
    );
    const begun = performance.now();
    assertWhole(await pull(newHome()));
    assert.ok(performance.now() - begun >= 1000);
    assert.equal(hub.faults.length, 0);
  });

  test("begins again when the host cannot go on in the middle", async () => {
    await using hub = await startHub({ kind: "drop", after: 100_000 }, { kind: "whole" });
    assertWhole(await pull(newHome()));
    assert.equal(hub.downloads.length, 2);
  });

  test("begins again when the host says that it has no such range", async () => {
    await using hub = await startHub({ kind: "drop", after: 100_000 }, { kind: "status", status: 416 });
    assertWhole(await pull(newHome()));
    assert.equal(hub.downloads[2]?.range, undefined);
  });

  test("goes on with what a cancelled download left", async () => {
    await using hub = await startHub({ kind: "stall", after: 100_000 });
    const home = newHome();
    const controller = new AbortController();
    const cancelled = pull(home, {
      signal: controller.signal,
      network: { ...QUICK, stallTimeout: 10_000 },
      onProgress: (progress) => progress.phase === "download" && progress.received === 100_000 && controller.abort(),
    });
    assert.equal((await failure(cancelled)).code, "ABORTED");
    assert.deepEqual(visible(home), []);

    const phases = new Set<string>();
    assertWhole(await pull(home, { onProgress: ({ phase }) => phases.add(phase) }));
    assert.deepEqual([...phases], ["verify", "download"]);
    assert.equal(hub.downloads[1]?.range, "bytes=100000-");
  });

  test("begins again when what was left belongs to another version of the file", async () => {
    await using hub = await startHub({ kind: "stall", after: 100_000 });
    hub.files.set(PATH, Buffer.alloc(200_000, 7));
    const home = newHome();
    const controller = new AbortController();
    const cancelled = pull(home, {
      signal: controller.signal,
      onProgress: (progress) => progress.phase === "download" && progress.received === 100_000 && controller.abort(),
    });
    assert.equal((await failure(cancelled)).code, "ABORTED");

    hub.files.set(PATH, FILE);
    assertWhole(await pull(home));
    assert.deepEqual(
      hub.downloads.map(({ range }) => range),
      [undefined, undefined],
    );
  });
});

describe("a download that cannot succeed", () => {
  const shorter = { kind: "length", length: 1000 } as const;
  const longer = { kind: "length", length: 400_000 } as const;
  const cases: [string, FakeHub["faults"], RegExp][] = [
    ["other bytes", [{ kind: "corrupt" }], /sha-256 is [\da-f]{64}, but should be/],
    ["a shorter file", [shorter, shorter], /offers 1000 bytes, but the file has 300000/],
    ["a longer file", [longer, longer], /offers 400000 bytes/],
    ["more bytes than the file has, unannounced", [{ kind: "endless" }], /sent more than the 300000 bytes/],
    ["404 at the storage", [{ kind: "silence" }, { kind: "status", status: 404 }], /answered 404/],
  ];
  for (const [what, faults, words] of cases) {
    test(`leaves nothing visible: ${what}`, async () => {
      await using _hub = await startHub(...faults);
      const home = newHome();
      const error = await failure(pull(home));
      assert.equal(error.code, "DOWNLOAD_FAILED");
      assert.match(error.message, words);
      assert.match(error.message, /Hugging Face \(org\/repo\): /);
      assert.deepEqual(visible(home), []);
    });
  }

  test("a wrong file is not gone on with the next time", async () => {
    await using hub = await startHub({ kind: "corrupt" });
    const home = newHome();
    await failure(pull(home));
    assertWhole(await pull(home));
    assert.equal(hub.downloads[1]?.range, undefined);
  });

  test("says what to do about a file that does not exist", async () => {
    await using hub = await startHub();
    const error = await failure(resolveModel("hf:org/repo:other.gguf", { home: newHome(), network: QUICK }));
    assert.equal(error.code, "MODEL_NOT_FOUND");
    assert.match(
      error.message,
      /answered 404 \(Entry not found\)\. It has folder\/model one\.gguf\. Look at http:\/\/.*\/org\/repo/,
    );
    assert.equal(hub.requests.length, 2);
    const near = await failure(resolveModel("hf:org/repo:folder/modle one.gguf", { home: newHome(), network: QUICK }));
    assert.match(near.message, /Did you mean folder\/model one\.gguf\?/);
  });

  for (const status of [401, 403]) {
    test(`says what to do about a gated repository (${status}), and asks once`, async () => {
      await using hub = await startHub({ kind: "status", status });
      const error = await failure(pull(newHome()));
      assert.match(error.message, new RegExp(`answered ${status}.*accept its terms, and set HF_TOKEN`));
      assert.equal(hub.requests.length, 1);
    });
  }

  test("gives up on a host that stays silent", async () => {
    await using hub = await startHub(...Array.from({ length: 9 }, () => ({ kind: "silence" }) as const));
    const error = await failure(pull(newHome(), { network: { ...QUICK, lastConnectTimeout: 50, retries: 2 } }));
    assert.match(error.message, /did not answer within 0\.05 seconds/);
    assert.equal(hub.downloads.length, 3);
  });

  test("gives up on a connection that breaks each time without a byte gained", async () => {
    await using hub = await startHub(...Array.from({ length: 9 }, () => ({ kind: "drop", after: 0 }) as const));
    const error = await failure(pull(newHome(), { network: { ...QUICK, retries: 2 } }));
    assert.equal(error.code, "DOWNLOAD_FAILED");
    assert.equal(hub.downloads.length, 3);
  });

  test("says why a host cannot be reached", async () => {
    process.env["HF_ENDPOINT"] = "http://127.0.0.1:1";
    try {
      assert.match(
        (await failure(pull(newHome(), { network: { retries: 0 } }))).message,
        /127\.0\.0\.1:1 could not be reached: /,
      );
    } finally {
      delete process.env["HF_ENDPOINT"];
    }
  });

  test("stops at once when it is cancelled while it waits to ask again", async () => {
    await using _hub = await startHub({ kind: "status", status: 429, headers: { "retry-after": "30" } });
    const begun = performance.now();
    assert.equal((await failure(pull(newHome(), { signal: AbortSignal.timeout(200) }))).code, "ABORTED");
    assert.ok(performance.now() - begun < 5000);
  });
});
