// The estimate against what llama.cpp says that it allocates, to a tenth of the whole.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { estimateMemory, type MemoryUse } from "../../src/engine/fit/memory-estimate.js";
import { readModelShape } from "../../src/engine/fit/model-shape.js";
import { GgufFile } from "../../src/gguf/index.js";
import { type ContextOptions, Model, setLogHandler } from "../../src/index.js";
import { tinyGemma, tinyHybrid, tinyLlama, tinyMamba } from "../support/tiny-models.js";

const models = {
  llama: tinyLlama(),
  "mixture of experts": tinyLlama({ experts: 4 }),
  gemma: tinyGemma(),
  mamba: tinyMamba(),
  hybrid: tinyHybrid(),
};

const contexts: readonly ContextOptions[] = [
  { contextSize: 512 },
  { contextSize: 4096 },
  { contextSize: 4096, microBatchSize: 128 },
  { contextSize: 4096, maxSequences: 4, kvUnified: true },
  { contextSize: 4096, maxSequences: 4 },
  { contextSize: 4096, flashAttention: "off" },
  { contextSize: 4096, maxOutputs: 16 },
  { contextSize: 4096, typeK: "f32", typeV: "bf16" },
  { contextSize: 8192, swaFull: false },
];

function useOf(options: ContextOptions): MemoryUse {
  return {
    gpuLayers: 0,
    expertsOnCpu: false,
    contextSize: options.contextSize ?? 0,
    sequences: options.maxSequences ?? 1,
    unified: options.kvUnified ?? false,
    microBatchSize: options.microBatchSize ?? 512,
    maxOutputs: options.maxOutputs ?? Infinity,
    typeK: options.typeK ?? "f16",
    typeV: options.typeV ?? "f16",
    flashAttention: options.flashAttention !== "off",
    swaFull: options.swaFull ?? true,
  };
}

describe("the estimate of memory is right to a tenth", () => {
  let buffers = 0;
  before(() =>
    setLogHandler(({ text }) => {
      buffers += Number(/buffer size = +([\d.]+) MiB/.exec(text)?.[1] ?? 0) * 2 ** 20;
    }),
  );
  after(() => setLogHandler(undefined));

  for (const [name, { path }] of Object.entries(models)) {
    for (const options of contexts) {
      it(`for ${name} with ${JSON.stringify(options)}`, () => {
        using file = GgufFile.open(path);
        const { total } = estimateMemory(readModelShape(file.header), useOf(options));
        buffers = 0;
        using model = Model.load(path);
        using context = model.createContext(options);
        assert.ok(context.limits.contextSize > 0);
        const error = total / buffers - 1;
        assert.ok(Math.abs(error) < 0.1, `${(error * 100).toFixed(1)} % off`);
      });
    }
  }
});
