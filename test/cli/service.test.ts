/** `mullama run` through the service that it starts, which keeps the model loaded. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type CliResult, runCli } from "../support/cli-run.js";
import { tinyLlama } from "../support/tiny-models.js";

describe("the service of the background", () => {
  const home = mkdtempSync(join(tmpdir(), "mullama-service-"));
  const run = (...args: readonly string[]): Promise<CliResult> =>
    runCli(args, { env: { MULLAMA_HOME: home, MULLAMA_HOST: "" } });
  const answer = ["-n", "6", "--temperature", "0", "hello"];

  before(async () => {
    writeFileSync(join(home, "Modelfile"), `FROM ${tinyLlama().path}\nPARAMETER num_thread 1\n`);
    assert.equal((await run("create", "tiny", "-f", home)).code, 0);
  });
  after(async () => {
    await run("stop", "--all");
    for (let tries = 0; tries < 100 && !/No service/.test((await run("ps")).stderr); tries++) await delay(50);
    rmSync(home, { recursive: true, force: true });
  });

  it("is started by the first of two commands at the same time, and answers as this process would", async () => {
    const [one, other, local] = await Promise.all([
      run("run", "tiny", ...answer),
      run("run", "tiny", ...answer),
      run("run", "tiny", "--local", ...answer),
    ]);
    assert.deepEqual([one.code, other.code, local.code], [0, 0, 0], one.stderr + other.stderr + local.stderr);
    assert.equal(one.stdout, local.stdout);
    assert.equal(other.stdout, local.stdout);
  });

  it("keeps the model loaded, which ps tells and stop ends", async () => {
    const { stdout, stderr } = await run("ps");
    assert.equal(stderr, "");
    assert.match(stdout, /^NAME +SIZE +PROCESSOR +CONTEXT +UNLOADS\ntiny:latest .* CPU .* in [45] minutes\n$/);
    assert.match((await run("stop", "tiny")).stderr, /tiny is unloaded/);
    assert.match((await run("stop", "tiny")).stderr, /tiny is not loaded/);
    assert.match((await run("ps")).stderr, /has no model loaded/);
  });

  it("goes on with a raw prompt, and tells usage as JSON", async () => {
    const { stdout, code } = await run("run", "tiny", "--raw", "--json", ...answer);
    assert.equal(code, 0);
    const { usage, finishReason } = JSON.parse(stdout) as { usage: { completionTokens: number }; finishReason: string };
    assert.deepEqual([usage.completionTokens, finishReason], [6, "length"]);
  });

  it("stops an answer on Ctrl-C", async () => {
    const { code, stdout } = await runCli(["run", "tiny", "--temperature", "0", "hello"], {
      env: { MULLAMA_HOME: home, MULLAMA_HOST: "" },
      onStart: (child) => child.stdout?.once("data", () => child.kill("SIGINT")),
    });
    assert.equal(code, 130);
    assert.ok(stdout.endsWith("\n"));
  });

  it("says what is wrong in its own words", async () => {
    const { code, stderr } = await run("run", "tiny", "--ctx", "256", "-n", "2", "hello ".repeat(300));
    assert.equal(code, 2);
    assert.match(stderr, /prompt has \d+ tokens/);
  });

  it("is another one where MULLAMA_HOST says so", async () => {
    const { code, stderr } = await runCli(["run", "tiny", "hello"], {
      env: { MULLAMA_HOME: home, MULLAMA_HOST: "127.0.0.1:9" },
    });
    assert.equal(code, 1);
    assert.match(stderr, /http:\/\/127\.0\.0\.1:9 cannot be reached[^]*mullama serve/);
  });
});
