import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { MullamaError } from "../../src/errors.js";
import {
  type ModelProgress,
  ModelStore,
  type ResolvedModel,
  type ResolveOptions,
  resolveModel,
} from "../../src/models/index.js";
import { parseSource } from "../../src/models/parse-source.js";
import { formatSource } from "../../src/models/source.js";
import { FakeHub } from "../support/http-hub.js";

const QUICK = { connectTimeout: 300, lastConnectTimeout: 300, stallTimeout: 300, backOff: 5, retries: 1 };
const root = mkdtempSync(join(tmpdir(), "mullama-repository-"));
after(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;
const newHome = (): string => join(root, `home-${homes++}`);

async function hubWith(...paths: string[]): Promise<FakeHub> {
  const hub = await FakeHub.start();
  for (const path of paths) hub.files.set(`/org/repo/resolve/main/${path}`, randomBytes(50_000));
  return hub;
}

const pull = (name: string, options: ResolveOptions = {}): Promise<ResolvedModel> =>
  resolveModel(name, { home: newHome(), network: QUICK, ...options });

function assertIs(hub: FakeHub, path: string, name: string): void {
  assert.ok(readFileSync(path).equals(hub.files.get(`/org/repo/resolve/main/${name}`) ?? Buffer.alloc(0)), name);
}

async function refused(name: string): Promise<string> {
  const error: unknown = await pull(name).catch((reason: unknown) => reason);
  assert.ok(MullamaError.isInstance(error), String(error));
  assert.equal(error.code, "MODEL_NOT_FOUND");
  return error.message;
}

describe("a repository of Hugging Face", () => {
  test("gives the quantization that is named, in any case", async () => {
    await using hub = await hubWith("m-Q4_K_M.gguf", "m-Q8_0.gguf", "README.md");
    const model = await pull("hf:org/repo:q8_0");
    assertIs(hub, model.path, "m-Q8_0.gguf");
    assert.equal(model.name, "hf:org/repo:Q8_0");
    assert.equal(model.projector, undefined);
  });

  test("gives the usual quantization where none is named", async () => {
    await using hub = await hubWith("m-f16.gguf", "m-Q8_0.gguf", "m.q4_k_s.gguf", "m.q4_k_m.gguf");
    assertIs(hub, (await pull("hf:org/repo")).path, "m.q4_k_m.gguf");
    hub.files.delete("/org/repo/resolve/main/m.q4_k_m.gguf");
    assertIs(hub, (await pull("hf:org/repo:latest")).path, "m.q4_k_s.gguf");
  });

  test("gives all parts of a model, and the projector beside it", async () => {
    const parts = ["q4/m-Q4_0-00001-of-00002.gguf", "q4/m-Q4_0-00002-of-00002.gguf"] as const;
    await using hub = await hubWith(...parts, "m-Q8_0.gguf", "mmproj-F16.gguf", "mmproj-F32.gguf");
    const home = newHome();
    const seen: ModelProgress[] = [];
    const model = await pull("hf:org/repo:Q4_0", { home, onProgress: (progress) => seen.push(progress) });
    assert.equal(model.files.length, 2);
    for (const [index, part] of parts.entries()) assertIs(hub, model.files[index] ?? "", part);
    assertIs(hub, model.projector ?? "", "mmproj-F16.gguf");
    const last = seen.at(-1);
    assert.ok(last !== undefined && "received" in last);
    const { phase, source, received, total } = last;
    assert.deepEqual([phase, source, received, total], ["download", "Hugging Face (org/repo)", 150_000, 150_000]);
    assert.deepEqual(await pull("hf:org/repo:q4_0", { home, offline: true }), model);
    assert.deepEqual(await new ModelStore(home).verify(), []);
    assert.deepEqual(readdirSync(join(home, "partial")), []);
  });

  test("gives the projector beside a file that is named, where it lists its files", async () => {
    await using hub = await hubWith("q8/m-Q8_0.gguf", "q8/mmproj-F16.gguf", "mmproj-F16.gguf", "other/mmproj-F16.gguf");
    const model = await pull("hf:org/repo:q8/m-Q8_0.gguf");
    assertIs(hub, model.path, "q8/m-Q8_0.gguf");
    assertIs(hub, model.projector ?? "", "q8/mmproj-F16.gguf");
    assert.equal((await pull("hf:org/repo:mmproj-F16.gguf")).projector, undefined);
    hub.unlisted = true;
    assert.equal((await pull("hf:org/repo:q8/m-Q8_0.gguf")).projector, undefined);
  });

  test("gives all parts where one is named", async () => {
    await using hub = await hubWith("m-00001-of-00002.gguf", "m-00002-of-00002.gguf");
    const { files } = await pull("hf:org/repo:m-00001-of-00002.gguf");
    assertIs(hub, files[1] ?? "", "m-00002-of-00002.gguf");
  });

  test("does not fetch again what came before an interruption", async () => {
    await using hub = await hubWith("m-Q4_0-00001-of-00002.gguf", "m-Q4_0-00002-of-00002.gguf");
    const home = newHome();
    const drops = Array.from({ length: 2 }, () => ({ kind: "drop", after: 0 }) as const);
    hub.faults.push({ kind: "length", length: 50_000 });
    await assert.rejects(pull("hf:org/repo", { home }), { code: "DOWNLOAD_FAILED" });
    let finished = false;
    const onProgress = (progress: ModelProgress): void => {
      if (finished || progress.phase !== "download" || progress.received !== 50_000) return;
      finished = true;
      hub.faults.push(...drops);
    };
    await assert.rejects(pull("hf:org/repo", { home, onProgress }), { code: "DOWNLOAD_FAILED" });
    const before = hub.downloads.length;
    await pull("hf:org/repo", { home });
    assert.deepEqual(
      hub.downloads.slice(before).map(({ path }) => path.slice(-22)),
      ["Q4_0-00002-of-00002.gguf".slice(-22)],
    );
  });

  test("says what there is where nothing or too much is meant", async () => {
    await using hub = await hubWith("a-Q4_0.gguf", "b-Q4_0.gguf", "a-Q8_0.gguf");
    assert.match(await refused("hf:org/repo:Q5_K_M"), /has no Q5_K_M\. .*It has Q4_0, Q8_0/);
    assert.match(await refused("hf:org/repo"), /several files of Q4_0\. Name one of a-Q4_0\.gguf, b-Q4_0\.gguf/);
    hub.files.clear();
    hub.files.set("/org/repo/resolve/main/README.md", Buffer.from("no model"));
    assert.match(await refused("hf:org/repo"), /has no GGUF file\. .*-GGUF/);
  });

  test("that is missing says so, once", async () => {
    await using hub = await hubWith();
    assert.match(await refused("hf:org/repo"), /answered 404 \(Not found\)\. Look at http/);
    assert.equal(hub.requests.length, 1);
  });
});

describe("a name of Hugging Face", () => {
  for (const [name, meaning] of [
    ["hf.co/org/repo", "hf:org/repo"],
    ["hf.co/org/repo:q4_k_m", "hf:org/repo:Q4_K_M"],
    ["huggingface.co/org/repo:Q8_0", "hf:org/repo:Q8_0"],
    ["https://huggingface.co/org/repo-GGUF/", "hf:org/repo-GGUF"],
    ["https://huggingface.co/org/repo/tree/main", "hf:org/repo"],
    ["https://huggingface.co/org/repo/blob/main/a/b%20c.gguf", "hf:org/repo:a/b c.gguf"],
    ["https://huggingface.co/org/repo/resolve/v2/b.gguf?download=true", "hf:org/repo@v2:b.gguf"],
    ["https://example.org/org/repo/b.gguf#part", "https://example.org/org/repo/b.gguf"],
  ] as const) {
    test(`is understood as it is pasted: ${name}`, () => {
      const source = parseSource(name);
      assert.equal(source === undefined ? undefined : formatSource(source), meaning);
    });
  }

  for (const name of [
    "hf:org/repo:../x",
    "https://user:secret@example.org/x.gguf",
    "https://example.org/x.bin",
    "hf:a/..",
  ]) {
    test(`is refused: ${name}`, () => assert.equal(parseSource(name), undefined));
  }
});
