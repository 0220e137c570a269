// A program that has said all it has to say must end, whatever of the engine it has left open, and an engine's process must
// not outlive it. Half a minute is far more than any of them needs, also on a busy machine.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, it } from "node:test";
import { tinyLlama } from "../support/tiny-models.js";

const run = promisify(execFile);
const DEADLINE_MS = 30_000;
const client = new URL("../../src/engine/hosts/engine-client.js", import.meta.url).href;

async function program(kind: string, body: string): Promise<string> {
  const code = `
    const { EngineClient } = await import(${JSON.stringify(client)});
    const options = { path: ${JSON.stringify(tinyLlama().path)}, threads: 1 };
    const client = await EngineClient.start(${JSON.stringify(kind)}, options);
    const request = { prompt: [5, 6, 7], temperature: 0, ignoreEos: true, maxTokens: 50 };
    ${body}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], { timeout: DEADLINE_MS });
  return stdout;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

for (const kind of ["inline", "worker", "child"]) {
  describe(`a program with an engine of kind "${kind}"`, () => {
    it("ends when it forgets to dispose it", async () => {
      const output = await program(kind, `console.log((await client.stream(request).result).usage.completionTokens);`);
      assert.equal(output, "50\n");
    });

    it("stays alive for an answer that it waits for", async () => {
      const output = await program(kind, `client.stream(request).result.then(({ reason }) => console.log(reason));`);
      assert.equal(output, "length\n");
    });

    it("ends in the middle of an answer when it says so", async () => {
      const output = await program(
        kind,
        `const stream = client.stream({ ...request, maxTokens: 1e6, overflow: "shift" });
         await stream.next();
         console.log(client.pid ?? 0);
         process.exit();`,
      );
      const pid = Number(output);
      if (kind !== "child") return;
      for (let tries = 0; isAlive(pid); tries++) {
        assert.ok(tries < 200, `process ${pid} lives on`);
        await delay(25);
      }
    });
  });
}
