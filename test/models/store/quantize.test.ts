// A model of the store whose weights are quantized when it is made.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type ModelProgress, ModelStore } from "../../../src/models/index.js";
import { hasCode } from "../../support/has-code.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { tinyLlama } from "../../support/tiny-models.js";

const { path } = tinyLlama({ type: "F16", layers: 4, embeddingSize: 256 });

describe("store.create with quantize", () => {
  it("makes a file of its own, and leaves what it was made of", async () => {
    const store = new ModelStore(temporaryFolder());
    const before = readFileSync(path);
    const seen: ModelProgress[] = [];
    const options = {
      from: path,
      quantize: "q4_k_m",
      onProgress: (progress: ModelProgress) => void seen.push(progress),
    };
    const { files } = await store.create("small", options);
    const [model] = await store.list();
    assert.equal(model?.quantization, "Q4_K_M");
    assert.equal(files.length, 1);
    assert.ok((files[0]?.size ?? 0) < before.length / 2);
    assert.ok(readFileSync(path).equals(before));
    const shares = seen.flatMap((each) => (each.phase === "quantize" ? [each.received / (each.total ?? 0)] : []));
    assert.equal(shares.at(-1), 1);
    assert.deepEqual(
      shares,
      shares.toSorted((one, other) => one - other),
    );
    assert.deepEqual(readdirSync(join(store.home, "partial")), []);
  });

  it("can be cancelled, and leaves nothing", async () => {
    const store = new ModelStore(temporaryFolder());
    const leave = new AbortController();
    const onProgress = ({ phase }: ModelProgress): void => void (phase === "quantize" && leave.abort());
    const made = store.create("small", { from: path, quantize: "Q8_0", signal: leave.signal, onProgress });
    await assert.rejects(made, hasCode("ABORTED"));
    assert.deepEqual(await store.list(), []);
    assert.deepEqual(readdirSync(join(store.home, "partial")), []);
  });

  it("says why it cannot be done", async () => {
    const store = new ModelStore(temporaryFolder());
    await assert.rejects(store.create("small", { from: path, quantize: "Q9" }), {
      code: "ARGUMENT_INVALID",
      argument: "quantize",
    });
    await store.create("small", { from: path, quantize: "Q8_0" });
    await assert.rejects(store.create("smaller", { from: "small", quantize: "Q4_0" }), hasCode("QUANTIZE_FAILED"));
    const damaged = join(store.home, "damaged.gguf");
    writeFileSync(damaged, readFileSync(path).subarray(0, -1000));
    await assert.rejects(store.create("bad", { from: damaged, quantize: "Q8_0" }), hasCode("GGUF_INVALID"));
    assert.deepEqual(readdirSync(join(store.home, "partial")), []);
  });
});
