import assert from "node:assert/strict";
import { it } from "node:test";
import { estimateMemory } from "../../src/engine/fit/memory-estimate.js";
import { readModelShape } from "../../src/engine/fit/model-shape.js";
import { GgufFile } from "../../src/gguf/index.js";
import { Model, setLogHandler } from "../../src/index.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();

it("the estimate of SmolLM2's memory is what llama.cpp allocates, to a tenth", (test) => {
  if ("missing" in found) return test.skip(found.missing);
  const { path } = found;
  using file = GgufFile.open(path);
  const shape = readModelShape(file.header);
  let [mapped, buffers] = [0, 0];
  setLogHandler(({ text }) => {
    const bytes = Number(/buffer size = +([\d.]+) MiB/.exec(text)?.[1] ?? 0) * 2 ** 20;
    if (text.includes("_Mapped model buffer")) mapped += bytes;
    else buffers += bytes;
  });
  using model = Model.load(path);
  // Some processors have weights packed anew; what is mapped of them in the file is the system's to drop then.
  const weights = Math.max(mapped, buffers);
  for (const contextSize of [512, 2048, 8192]) {
    for (const microBatchSize of [64, 512]) {
      for (const maxOutputs of [8, 512]) {
        buffers = 0;
        using context = model.createContext({ contextSize, microBatchSize, maxOutputs });
        assert.ok(context.limits.contextSize > 0);
        const { total } = estimateMemory(shape, {
          gpuLayers: 0,
          expertsOnCpu: false,
          contextSize,
          sequences: 1,
          unified: true,
          microBatchSize,
          maxOutputs,
          typeK: "f16",
          typeV: "f16",
          flashAttention: true,
          swaFull: true,
        });
        const error = total / (weights + buffers) - 1;
        assert.ok(Math.abs(error) < 0.1, `${contextSize}, ${microBatchSize}: ${(error * 100).toFixed(1)} % off`);
      }
    }
  }
  setLogHandler(undefined);
});
