/** The commands of the store, as a user runs them, in an empty home. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type CliResult, runCli } from "../support/cli-run.js";
import { FakeRegistry } from "../support/http-registry.js";
import { tinyLlama, tinySplits } from "../support/tiny-models.js";

const { path } = tinyLlama();

describe("the commands of the store", () => {
  const home = mkdtempSync(join(tmpdir(), "mullama-store-commands-"));
  after(() => rmSync(home, { recursive: true, force: true }));
  const modelfile = join(home, "Modelfile");
  const run = (...args: readonly string[]): Promise<CliResult> => runCli(args, { env: { MULLAMA_HOME: home } });
  const json = async <Value>(...args: readonly string[]): Promise<Value> => {
    const { code, stdout, stderr } = await run(...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Value;
  };

  before(() => {
    writeFileSync(
      modelfile,
      `FROM ${path}\nSYSTEM """You are a pirate."""\nPARAMETER temperature 0\nPARAMETER num_ctx 512\n`,
    );
  });

  it("say what to do where there is nothing", async () => {
    const { code, stdout, stderr } = await run("list");
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /mullama pull/);
  });

  it("make a model of a Modelfile, whose file stays where it is", async () => {
    const { code, stderr } = await run("create", "pirate", "-f", modelfile);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /pirate:latest is made/);
    const [model] = await json<{ name: string; path: string; size: number }[]>("list");
    assert.deepEqual([model?.name, model?.path, model?.size], ["pirate:latest", path, statSync(path).size]);
    const table = await run("list");
    assert.match(table.stdout, /^NAME +SIZE +PARAMETERS +QUANT +MODIFIED\npirate:latest +/);
  });

  it("show it, and what it takes", async () => {
    const { stdout } = await run("show", "pirate");
    for (const text of ["pirate:latest", "architecture", "llama", "memory", "You are a pirate."])
      assert.ok(stdout.includes(text), `${text}: ${stdout}`);
    for (const line of [
      /^ {2}quantization +F32, 32 bits per weight$/m,
      /^ {2}layers +\d+$/m,
      /^ {2}heads +\d+(, \d+ of keys and values)?$/m,
      /^ {2}vocabulary +\d+ tokens$/m,
      /^ {2}memory +.* MB, with a context of 512 tokens$/m,
    ])
      assert.match(stdout, line);
    assert.equal((await run("show", "pirate", "--system")).stdout, "You are a pirate.\n");
    assert.match((await run("show", "pirate", "--modelfile")).stdout, /FROM .*\n[^]*PARAMETER num_ctx 512/);
    assert.match((await run("show", path, "--tensors")).stdout, /token_embd\.weight +F32 +64 ×/);
    assert.match((await run("show", path, "--metadata")).stdout, /general\.architecture = "llama"/);
    const shown = await json<{
      memory: { host: number };
      definition: object;
      layers: number;
      kvHeads: number;
      bitsPerWeight: number;
      vocabularySize: number;
    }>("show", "pirate");
    assert.ok(shown.memory.host > 0);
    assert.deepEqual([shown.bitsPerWeight, shown.layers > 0, shown.kvHeads > 0], [32, true, true]);
    assert.ok(shown.vocabularySize > 100);
    assert.deepEqual(shown.definition, { system: "You are a pirate.", defaults: { contextSize: 512, temperature: 0 } });
  });

  it("show all of a model that is split into files", async () => {
    const sizeOf = async (file: string): Promise<number> =>
      (await json<{ parameters: number }>("show", file)).parameters;
    assert.equal(await sizeOf(tinySplits()[0] ?? ""), await sizeOf(path));
  });

  it("ask back where its name is mistyped", async () => {
    for (const args of [
      ["run", "pirat", "hello"],
      ["show", "pirat"],
      ["rm", "pirat:v2"],
      ["cp", "priate", "other"],
      ["push", "pirat", "me/pirate"],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [3, ""], args.join(" "));
      assert.match(stderr, /^error: There is no model .*\.\nhint: Did you mean pirate\?\n$/);
    }
  });

  it("push it, and say what does not go along", async () => {
    await using registry = await FakeRegistry.start();
    const destination = `${registry.host}/me/pirate:v1`;
    const { code, stderr } = await run("push", "pirate", destination);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Uploading to 127\.0\.0\.1:\d+ \(me\/pirate:v1\): 0%/);
    assert.ok(stderr.endsWith(`ollama:${destination} can be pulled now.\n`), stderr);
    assert.ok(registry.manifests.has("me/pirate/v1"));
    const refused = await run("push", "pirate");
    assert.deepEqual([refused.code, refused.stderr.includes("namespace/name")], [2, true], refused.stderr);
  });

  it("run it, as its Modelfile says", async () => {
    const { code, stdout, stderr } = await run(
      "run",
      "pirate",
      "--local",
      "--threads",
      "1",
      "-n",
      "4",
      "--json",
      "hello",
    );
    assert.equal(code, 0, stderr);
    const { usage } = JSON.parse(stdout) as { usage: { promptTokens: number } };
    const without = await run("run", path, "--threads", "1", "-n", "4", "--json", "hello");
    const { usage: plain } = JSON.parse(without.stdout) as { usage: { promptTokens: number } };
    assert.ok(usage.promptTokens > plain.promptTokens, "the system message is in the prompt");
  });

  it("copy it and remove it; the file that it is made of stays", async () => {
    assert.equal((await run("cp", "pirate", "ns/other:v1")).code, 0);
    assert.equal((await json<unknown[]>("list")).length, 2);
    const { code, stderr } = await run("rm", "pirate", "nonesuch");
    assert.equal(code, 3);
    assert.match(stderr, /nonesuch/);
    assert.equal((await json<unknown[]>("list")).length, 2, "all or none");
    assert.equal((await run("rm", "pirate", "ns/other:v1")).code, 0);
    assert.deepEqual(await json("list"), []);
    assert.ok(existsSync(path));
  });

  it("clear away what no model needs", async () => {
    assert.match((await run("gc")).stderr, /nothing to clear away/);
    assert.deepEqual(await json("gc", "--all", "--dry-run"), { removed: [], bytes: 0 });
  });

  it("say what is wrong with a Modelfile, and where", async () => {
    writeFileSync(modelfile, `FROM ${path}\nPARAMETER temprature 1\n`);
    const { code, stderr } = await run("create", "wrong", "-f", modelfile);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /line 2[^]*temperature/);
    assert.equal((await run("create", "wrong", "-f", join(home, "none"))).code, 2);
    assert.equal((await run("create", "../wrong", "-f", modelfile)).code, 2);
    assert.deepEqual(await json("list"), []);
  });

  it("import what Ollama has", async () => {
    const { code, stderr } = await run("import", "ollama", "--folder", join(home, "nowhere"));
    assert.equal(code, 0, stderr);
    assert.match(stderr, /There are no models in/);
  });

  it("list what there is to fetch", async () => {
    const { stdout } = await run("list", "--available", "smol");
    assert.match(stdout, /smollm2:135m/);
    assert.doesNotMatch(stdout, /gemma/);
  });
});
