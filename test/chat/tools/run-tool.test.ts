/** What is left of a tool's run on the signal of whoever asked. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { readTools, runTool, type ToolAnswer } from "../../../src/chat/tools/tool.js";
import { hasCode } from "../../support/has-code.js";

async function run(execute: () => unknown, signal: AbortSignal, timeout = 1000): Promise<ToolAnswer> {
  const tools = await readTools({ one: { execute, timeout } });
  return runTool(tools.get("one"), { id: "1", name: "one", arguments: {} }, [], signal);
}

describe("a tool's run", () => {
  it("leaves nothing on the signal, however it ends", async () => {
    const { signal } = new AbortController();
    await run(() => 1, signal);
    await run(() => Promise.reject(new TypeError("broken")), signal);
    const { error } = await run(() => new Promise(() => undefined), signal, 5);
    assert.ok(hasCode("DEADLINE_EXCEEDED")(error));
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  it("ends with the signal, and does not begin after it", async () => {
    const cancelled = new AbortController();
    const running = run(() => cancelled.abort(), cancelled.signal);
    await running.catch(() => undefined);
    assert.equal(getEventListeners(cancelled.signal, "abort").length, 0);
    let begun = false;
    await assert.rejects(
      run(() => (begun = true), cancelled.signal),
      { code: "ABORTED" },
    );
    assert.equal(begun, false);
    const later = new AbortController();
    const hanging = run(() => new Promise(() => undefined), later.signal);
    setImmediate(() => later.abort());
    await assert.rejects(hanging, { code: "ABORTED" });
  });
});
