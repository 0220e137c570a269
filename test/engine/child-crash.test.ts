// What happens when an engine's process dies: only a real process can show it.
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { it } from "node:test";
import { EngineClient } from "../../src/engine/hosts/engine-client.js";
import { tinyLlama } from "../support/tiny-models.js";

const { path } = tinyLlama();
const greedy = { temperature: 0, ignoreEos: true };
const prompt = [5, 6, 7];

async function killed(signal: NodeJS.Signals): Promise<void> {
  await using client = await EngineClient.start("child", { path, contextSize: 4096 });
  await using bystander = await EngineClient.start("child", { path, contextSize: 4096 });
  const unharmed = bystander.stream({ prompt, ...greedy, maxTokens: 2000 }).result;
  const expected = await client.stream({ prompt, ...greedy, maxTokens: 8 }).result;
  const open = [1, 2, 3].map(() => client.stream({ prompt, ...greedy }));
  await open[0]?.next();
  const { pid } = client;
  assert.ok(pid !== undefined);
  process.kill(pid, signal);
  for (const stream of open) {
    await assert.rejects(stream.result, (error: Error & { code?: string }) => {
      assert.equal(error.code, "ENGINE_CRASHED");
      assert.match(error.message, new RegExp(signal));
      return true;
    });
  }
  // It waits for the next process.
  const after = await client.stream({ prompt, ...greedy, maxTokens: 8 }).result;
  assert.equal(after.usage.completionTokens, expected.usage.completionTokens);
  assert.notEqual(client.pid, pid);
  assert.equal((await unharmed).usage.completionTokens, 2000);
}

it("a process that is killed fails its own requests, and another takes its place", () => killed("SIGKILL"));

it("a process that an assertion ends does so too", () => killed("SIGABRT"));

it("what waits for a new process can be cancelled", async () => {
  await using client = await EngineClient.start("child", { path, contextSize: 4096 });
  const { pid = 0 } = client;
  process.kill(pid, "SIGKILL");
  while (client.pid === pid) await delay(1);
  const leave = new AbortController();
  const waiting = client.stream({ prompt, ...greedy }, { signal: leave.signal }).result;
  leave.abort();
  await assert.rejects(waiting, { code: "ABORTED" });
  assert.equal((await client.request({ type: "metrics" })).slots.busy, 0);
});

it("an engine can be disposed while none of its processes runs", async () => {
  const client = await EngineClient.start("child", { path });
  const { pid = 0 } = client;
  process.kill(pid, "SIGKILL");
  while (client.pid === pid) await delay(1);
  const waiting = client.request({ type: "metrics" });
  await client.dispose();
  await assert.rejects(waiting, { code: "DISPOSED" });
});
