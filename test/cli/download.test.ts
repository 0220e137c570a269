import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { runCli } from "../support/cli-run.js";
import { FakeHub } from "../support/http-hub.js";

const NAME = "hf:org/repo:model.gguf";

const root = mkdtempSync(join(tmpdir(), "mullama-cli-"));
after(() => rmSync(root, { recursive: true, force: true }));

describe("mullama pull --json", () => {
  test("tells its progress on standard error, a JSON object on each line, and the model on standard output", async () => {
    await using _hub = await startHub();
    const env = { MULLAMA_HOME: join(root, "json") };
    const { code, stdout, stderr } = await runCli(["pull", "--json", NAME], { env });
    assert.equal(code, 0);
    const { path, ...model } = JSON.parse(stdout) as Record<string, string>;
    assert.deepEqual(model, { name: NAME, source: NAME });
    assert.ok(path?.startsWith(env.MULLAMA_HOME));
    const lines = stderr.trimEnd().split("\n");
    const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(told.every(({ phase, source }) => phase === "download" && source === "Hugging Face (org/repo)"));
    assert.deepEqual([told.at(-1)?.["received"], told.at(-1)?.["total"]], [200_000, 200_000]);
  });
});

async function startHub(): Promise<FakeHub> {
  const hub = await FakeHub.start();
  hub.files.set("/org/repo/resolve/main/model.gguf", Buffer.alloc(200_000, 1));
  return hub;
}

describe("mullama run, while it downloads", () => {
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    test(`stops on ${signal} with status ${status}, and keeps what has arrived`, async () => {
      await using hub = await startHub();
      hub.faults.push({ kind: "stall", after: 50_000 });
      const home = join(root, signal);
      const { code, stdout, stderr } = await runCli(["run", NAME, "Hello"], {
        env: { MULLAMA_HOME: home },
        onStart: (child) =>
          void (async () => {
            while (hub.downloads.length === 0) await delay(20);
            await delay(100);
            child.kill(signal);
          })(),
      });
      assert.deepEqual([code, stdout], [status, ""]);
      assert.equal(stderr, "Downloading from Hugging Face (org/repo): 0%, 0 B of 200 kB\n");
      const left = readdirSync(join(home, "partial"), { recursive: true }).map(String);
      assert.ok(left.some((name) => name.endsWith(".part")));
      assert.ok(!left.some((name) => name.endsWith(".lock")));
    });
  }

  test("says what the host said when it refuses, with status 3", async () => {
    await using hub = await startHub();
    hub.faults.push({ kind: "status", status: 403 });
    const { code, stdout, stderr } = await runCli(["run", NAME, "Hello"], {
      env: { MULLAMA_HOME: join(root, "gated") },
    });
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(
      stderr,
      /error: hf:org\/repo:model\.gguf could not be downloaded\.\n {2}Hugging Face \(org\/repo\): .* 403/,
    );
    assert.ok(!stderr.includes("    at "));
  });

  test("does not touch the network with --offline", async () => {
    await using hub = await startHub();
    const { code, stderr } = await runCli(["run", "--offline", NAME, "Hello"], {
      env: { MULLAMA_HOME: join(root, "offline") },
    });
    assert.equal(code, 3);
    assert.match(stderr, /^error: hf:org\/repo:model\.gguf is not on this machine/);
    assert.deepEqual(hub.requests, []);
  });
});
