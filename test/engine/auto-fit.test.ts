import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { autoFit, type FitWish } from "../../src/engine/fit/auto-fit.js";
import type { ModelShape } from "../../src/engine/fit/model-shape.js";
import { EngineRun } from "../support/engine-run.js";
import { tinyLlama } from "../support/tiny-models.js";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Like an 8-billion-parameter model in four bits: 32 layers of 130 MiB. */
const shape: ModelShape = {
  layers: Array.from({ length: 32 }, () => ({
    weights: 130 * MIB,
    experts: 0,
    keyWidth: 1024,
    valueWidth: 1024,
    windowed: false,
    state: 0,
    feedForward: 3 * 14_336,
  })),
  inputWeights: 280 * MIB,
  outputWeights: 410 * MIB,
  embeddingSize: 4096,
  vocabularySize: 128_256,
  heads: 32,
  trainedContextSize: 131_072,
  window: 0,
  innerSize: 0,
};
const wish: FitWish = {
  gpuLayers: "auto",
  contextSize: "auto",
  expertsOnCpu: false,
  sequences: 4,
  unified: true,
  microBatchSize: 512,
  maxOutputs: 4,
  typeK: "f16",
  typeV: "f16",
  flashAttention: true,
  swaFull: true,
};
const gpu = (free: number) => ({ name: "CUDA0", free });

describe("choosing what fits", () => {
  it("leaves everything to the CPU without a GPU", () => {
    const { gpuLayers, contextSize, reasons } = autoFit(shape, { host: 64 * GIB, gpus: [] }, wish);
    assert.equal(gpuLayers, 0);
    assert.equal(contextSize, 131_072);
    assert.match(reasons.join(" "), /no GPU/);
  });

  it("moves everything to a GPU that has room", () => {
    const { gpuLayers, contextSize, estimate } = autoFit(shape, { host: 8 * GIB, gpus: [gpu(80 * GIB)] }, wish);
    assert.equal(gpuLayers, 33);
    assert.equal(contextSize, 131_072);
    assert.equal(estimate.weights.host, shape.inputWeights);
  });

  it("moves as many layers as fit, and never more memory than there is", () => {
    let last = -1;
    for (let free = 0.25; free <= 8; free += 0.25) {
      const { gpuLayers, estimate, contextSize } = autoFit(shape, { host: 32 * GIB, gpus: [gpu(free * GIB)] }, wish);
      assert.ok(gpuLayers >= last, `${free} GiB: ${gpuLayers} after ${last}`);
      assert.ok(estimate.gpu <= Math.max(0, free * GIB - 512 * MIB));
      assert.ok(contextSize >= 2048);
      last = gpuLayers;
    }
    assert.equal(last, 33);
  });

  it("uses several GPUs", () => {
    const one = autoFit(shape, { host: 32 * GIB, gpus: [gpu(3 * GIB)] }, wish);
    const two = autoFit(shape, { host: 32 * GIB, gpus: [gpu(3 * GIB), { name: "CUDA1", free: 3 * GIB }] }, wish);
    assert.ok(two.gpuLayers > one.gpuLayers);
    assert.match(two.reasons.join(" "), /CUDA0, CUDA1/);
  });

  it("takes a smaller context where memory is short, and says why", () => {
    const { contextSize, reasons, estimate } = autoFit(shape, { host: 8 * GIB, gpus: [] }, wish);
    assert.ok(contextSize < 131_072 && contextSize >= 256 && contextSize % 256 === 0);
    assert.ok(estimate.host <= 8 * GIB * 0.85);
    assert.match(reasons.join(" "), new RegExp(`${contextSize} tokens: more do not fit`));
  });

  it("says when nothing fits", () => {
    assert.throws(() => autoFit(shape, { host: 2 * GIB, gpus: [] }, wish), { code: "OUT_OF_SPACE" });
  });

  it("keeps to what is asked for", () => {
    const fixed = { ...wish, gpuLayers: 5, contextSize: 1000 };
    const { gpuLayers, contextSize, reasons } = autoFit(shape, { host: GIB, gpus: [gpu(GIB)] }, fixed);
    assert.deepEqual([gpuLayers, contextSize, reasons], [5, 1000, []]);
  });

  it("leaves experts with the CPU where they are to stay there", () => {
    const layers = shape.layers.map((layer) => ({ ...layer, weights: 20 * MIB, experts: 1000 * MIB }));
    const moe = { ...shape, layers };
    const free = { host: 64 * GIB, gpus: [gpu(8 * GIB)] };
    const all = autoFit(moe, free, wish);
    const apart = autoFit(moe, free, { ...wish, expertsOnCpu: true });
    assert.ok(apart.gpuLayers === 33 && all.gpuLayers < 10);
    assert.ok(apart.estimate.weights.host >= 32_000 * MIB);
  });
});

it("an engine says what it has chosen", async () => {
  using run = await EngineRun.load({ path: tinyLlama().path, contextSize: "auto" });
  const { fit, contextSize } = run.engine.info;
  assert.equal(contextSize, 1024);
  assert.equal(fit.contextSize, 1024);
  assert.equal(fit.gpuLayers, 0);
  assert.equal(fit.reasons.length, 2);
  assert.ok(fit.estimate.total > 1e6);
});
