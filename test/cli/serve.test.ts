/** `mullama serve`, and the commands that look for it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { cliMain, runCli } from "../support/cli-run.js";

describe("mullama serve", () => {
  const home = mkdtempSync(join(tmpdir(), "mullama-serve-"));
  const env = { MULLAMA_HOME: home, MULLAMA_HOST: "" };
  after(() => rmSync(home, { recursive: true, force: true }));

  const start = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [cliMain, "serve", "--port", "0", ...args], {
      env: { ...process.env, ...env },
    });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    while (!log.includes("Listening at") && child.exitCode === null) await delay(20);
    const url = /Listening at (\S+)\. /.exec(log)?.[1] ?? "";
    const end = async (): Promise<number | null> => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      return child.exitCode;
    };
    return { url, end, log: () => log };
  };

  it("answers, logs requests without what was said in them, and ends when it is told to", async () => {
    const server = await start();
    const answer = await fetch(`${server.url}/v1/models`);
    assert.deepEqual(await answer.json(), { object: "list", data: [] });
    const secret = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "none", messages: [{ role: "user", content: "the secret" }] }),
    });
    assert.equal(secret.status, 404);
    assert.match(server.log(), /200 {2}GET {2}\/v1\/models/);
    assert.doesNotMatch(server.log(), /the secret/);
    assert.equal(await server.end(), 0);
  });

  it("is found by other commands, which say when there is none", async () => {
    assert.match((await runCli(["ps"], { env })).stderr, /No service is running/);
    const server = await start();
    const record = join(home, "service.json");
    assert.equal(statSync(record).mode & 0o777, 0o600);
    assert.equal((JSON.parse(readFileSync(record, "utf8")) as { url: string }).url, server.url);
    await server.end();
    assert.match((await runCli(["stop", "--all"], { env })).stderr, /No service is running/);
  });

  it("wants keys where they are given, which mullama key makes", async () => {
    const { stdout, stderr } = await runCli(["key", "--name", "laptop", "--scope", "inference", "models"], { env });
    const file = join(home, "keys.json");
    writeFileSync(file, stdout);
    const server = await start("--api-key-file", file);
    assert.equal((await fetch(`${server.url}/v1/models`)).status, 401);
    const authorization = `Bearer ${stderr.trim()}`;
    assert.equal((await fetch(`${server.url}/v1/models`, { headers: { authorization } })).status, 200);
    await server.end();
  });

  it("refuses what would be open to the network, or makes no sense", async () => {
    const open = await runCli(["serve", "--host", "0.0.0.0", "--port", "0"], { env });
    assert.equal(open.code, 1);
    assert.match(open.stderr, /without a key/);
    assert.equal((await runCli(["serve", "--port", "99999"], { env })).code, 2);
    assert.equal((await runCli(["serve", "--tls-cert", "x"], { env })).code, 2);
    for (const limit of ["maxTokens", "maxTokens=x", "nothing=1"])
      assert.equal((await runCli(["serve", "--port", "0", "--limit", limit], { env })).code, 2, limit);
    assert.equal((await runCli(["serve", "--keep-alive", "soon"], { env })).code, 2);
    assert.equal((await runCli(["serve", "--api-key-file", join(home, "none.json")], { env })).code, 2);
  });
});
