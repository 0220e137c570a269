/** A sequence's state saved and restored on a pool thread is the one that is saved and restored here. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Model } from "../../src/llama/index.js";
import { tinyLlama } from "../support/tiny-models.js";

describe("a sequence's state on a pool thread", () => {
  const folder = mkdtempSync(join(tmpdir(), "mullama-state-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const model = Model.load(tinyLlama().path);
  const open = () => model.createContext({ contextSize: 256, maxSequences: 2, kvUnified: true, threads: 1 });
  const tokens = [1, 20, 21, 22, 23];

  it("is the same as here, and goes on the same", async () => {
    using one = open();
    using other = open();
    one.decode(tokens);
    const saved = await one.state.saveSequenceAsync(0);
    assert.deepEqual(saved, one.state.saveSequence(0));
    await other.state.loadSequenceAsync(saved, 0);
    assert.deepEqual(other.memory.range(0), { first: 0, last: tokens.length - 1 });
    one.decode([24]);
    other.decode([24]);
    assert.deepEqual(other.logits().toFloat32Array(), one.logits().toFloat32Array());
  });

  it("goes through a file with its tokens", async () => {
    using one = open();
    using other = open();
    one.decode(tokens);
    const path = join(folder, "sequence.bin");
    await one.state.saveSequenceFileAsync(path, 0, tokens);
    assert.deepEqual(Array.from(await other.state.loadSequenceFileAsync(path, 1)), tokens);
    assert.deepEqual(other.memory.range(1), { first: 0, last: tokens.length - 1 });
  });

  it("makes the context busy meanwhile, and earlier outputs stale", async () => {
    using one = open();
    one.decode(tokens);
    const saved = one.state.saveSequence(0);
    const logits = one.logits();
    const loading = one.state.loadSequenceAsync(saved, 1);
    assert.throws(() => one.decode([1]), { code: "BUSY" });
    await loading;
    assert.throws(() => logits.at(0), { code: "STALE_VIEW" });
  });

  it("is refused when damaged, and nothing changes", async () => {
    using one = open();
    one.decode(tokens);
    const saved = one.state.saveSequence(0);
    saved[saved.length - 1] = (saved.at(-1) ?? 0) ^ 1;
    await assert.rejects(one.state.loadSequenceAsync(saved, 1), { code: "STATE_INVALID" });
    assert.equal(one.memory.range(1), undefined);
  });
});
