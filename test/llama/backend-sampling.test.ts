/** Samplers that run in the context's graph, and looking at that graph's tensors. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Batch } from "../../src/llama/batch.js";
import type { ComputedTensor } from "../../src/llama/eval-callback.js";
import { Model } from "../../src/llama/model.js";
import { Sampler } from "../../src/llama/sampler.js";
import { tinyLlama } from "../support/tiny-models.js";

const model = Model.load(tinyLlama().path);
after(() => model.dispose());
const tokens = model.vocab.tokenize("once upon a time");

function expected(): Float32Array {
  using context = model.createContext({ contextSize: 256 });
  context.decode(tokens);
  return context.logits().toFloat32Array();
}

const best = expected().indexOf(Math.max(...expected()));

test("a greedy sampler on the backend chooses what the CPU would, given at creation or later", () => {
  const created = Sampler.chain().greedy();
  using first = model.createContext({ contextSize: 256, samplers: [{ sequence: 0, sampler: created }] });
  first.decode(tokens);
  assert.equal(first.backendOutput()?.token, best);
  using second = model.createContext({ contextSize: 256 });
  second.decode(tokens);
  assert.equal(second.backendOutput(), undefined);
  assert.equal(second.setBackendSampler(0, Sampler.chain().greedy()), true);
  second.memory.clear();
  second.decode(tokens);
  assert.equal(second.backendOutput()?.token, best);
  second.setBackendSampler(0, undefined);
  second.memory.clear();
  second.decode(tokens);
  assert.equal(second.backendOutput(), undefined);
});

test("topK with dist leaves that many candidates with probabilities, the chosen token among them", () => {
  using context = model.createContext({
    contextSize: 256,
    samplers: [{ sequence: 0, sampler: Sampler.chain().topK(5).dist(7) }],
  });
  context.decode(tokens);
  const output = context.backendOutput();
  assert.ok(output?.token !== undefined && output.candidates !== undefined && output.probabilities !== undefined);
  const logits = expected();
  const top = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0)).slice(0, 5);
  assert.deepEqual([...output.candidates].sort(), top.sort());
  assert.ok(output.candidates.includes(output.token));
  assert.ok(Math.abs(output.probabilities.reduce((sum, value) => sum + value, 0) - 1) < 1e-3);
});

test("one output may be sampled where that is the limit of a sequence", () => {
  using context = model.createContext({
    contextSize: 256,
    maxOutputsPerSequence: 1,
    samplers: [{ sequence: 0, sampler: Sampler.chain().greedy() }],
  });
  using batch = new Batch({ capacity: 2 });
  batch.add(5, { position: 0, output: true });
  batch.add(6, { position: 1, output: true });
  assert.throws(() => context.decode(batch), { code: "DECODE_FAILED" });
  context.decode(tokens);
  assert.equal(context.backendOutput()?.token, best);
});

test("wrong samplers for the backend are refused", () => {
  using context = model.createContext({ contextSize: 256 });
  using chain = Sampler.chain().greedy();
  assert.throws(() => context.setBackendSampler(1, chain), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.setBackendSampler(0, Sampler.greedy()), { code: "ARGUMENT_INVALID" });
  context.setBackendSampler(0, chain);
  assert.throws(() => context.setBackendSampler(0, chain), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.backendOutput(1e9), { code: "ARGUMENT_INVALID" });
  assert.throws(() => model.createContext({ samplers: [{ sequence: 1, sampler: Sampler.chain().greedy() }] }), {
    code: "ARGUMENT_INVALID",
  });
  context.decode(tokens);
});

for (const kind of ["decode", "decodeAsync"] as const) {
  test(`onTensor sees the result, whose bytes are the logits: ${kind}`, async () => {
    const seen: string[] = [];
    let bytes: Uint8Array | undefined;
    let tensor: ComputedTensor | undefined;
    using context = model.createContext({
      contextSize: 256,
      onTensor(one, computed) {
        if (!computed) return one.name === "result_output";
        seen.push(one.name);
        tensor = one;
        bytes = one.read();
        return true;
      },
    });
    await context[kind](tokens);
    assert.deepEqual(seen, ["result_output"]);
    assert.deepEqual([tensor?.type, tensor?.shape, tensor?.operation], ["f32", [model.vocab.size, 1, 1, 1], "MUL_MAT"]);
    assert.deepEqual(new Float32Array(bytes?.buffer ?? new ArrayBuffer(0)), context.logits().toFloat32Array());
  });

  test(`what onTensor throws reaches the caller, and the context goes on: ${kind}`, async () => {
    let fail = true;
    using context = model.createContext({
      contextSize: 256,
      onTensor() {
        if (fail) throw new RangeError("seen enough");
        return false;
      },
    });
    await assert.rejects(async () => context[kind](tokens), { name: "RangeError", message: "seen enough" });
    fail = false;
    context.memory.clear();
    await context[kind](tokens);
    assert.equal(context.outputs, 1);
  });
}
