import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, test } from "node:test";
import { ggufValue } from "../../src/gguf/index.js";
import { Model } from "../../src/llama/model.js";
import {
  tinyBert,
  tinyDiffusion,
  tinyGemma,
  tinyHybrid,
  tinyLlama,
  tinyMamba,
  tinyReranker,
  tinyT5,
} from "../support/tiny-models.js";

const tiny = {
  llama: tinyLlama(),
  gemma: tinyGemma(),
  bert: tinyBert({ pooling: "rank" }),
  mamba: tinyMamba(),
  hybrid: tinyHybrid(),
  t5: tinyT5(),
  diffusion: tinyDiffusion(),
};
type Name = keyof typeof tiny;
const names = Object.keys(tiny) as Name[];
const models = Object.fromEntries(names.map((name) => [name, Model.load(tiny[name].path)])) as Record<Name, Model>;
after(() => names.forEach((name) => models[name].dispose()));

/** The names of the models for which `is` holds. */
function those(is: (model: Model) => boolean): string[] {
  return names.filter((name) => is(models[name]));
}

for (const name of names) {
  test(`${name}: sizes are those that its file was made with`, () => {
    const model = models[name];
    const { layers, heads, kvHeads, embeddingSize, contextSize, vocab, path } = tiny[name];
    assert.equal(model.layers, layers);
    assert.equal(model.embeddingSize, embeddingSize);
    assert.equal(model.inputEmbeddingSize, embeddingSize);
    assert.equal(model.outputEmbeddingSize, embeddingSize);
    assert.equal(model.trainedContextSize, contextSize);
    assert.equal(model.vocab.size, vocab.size);
    if (name !== "mamba" && name !== "hybrid") assert.deepEqual([model.heads, model.kvHeads], [heads, kvHeads]);
    assert.ok(model.size > 4 * 64 * vocab.size && model.size < statSync(path).size);
    assert.ok(model.parameters > 64 * vocab.size && model.parameters <= model.size / 2);
    assert.equal(model.mtpLayers, 0);
    assert.equal(model.ropeFrequencyScale, 1);
    assert.equal(model.hasWeights, true);
  });
}

test("what kind of model it is follows from its architecture", () => {
  assert.deepEqual(
    those((model) => model.hasEncoder),
    ["t5"],
  );
  assert.deepEqual(
    those((model) => !model.hasDecoder),
    [],
  );
  assert.deepEqual(
    those((model) => model.decoderStartToken !== undefined),
    ["t5"],
  );
  assert.equal(models.t5.decoderStartToken, tiny.t5.vocab.special.pad);
  assert.deepEqual(
    those((model) => model.isRecurrent),
    ["mamba"],
  );
  assert.deepEqual(
    those((model) => model.isHybrid),
    ["hybrid"],
  );
  assert.deepEqual(
    those((model) => model.isDiffusion),
    ["diffusion"],
  );
  assert.deepEqual(
    those((model) => model.slidingWindow > 0),
    ["gemma"],
  );
  assert.equal(models.llama.ropeType, "norm");
  assert.equal(models.gemma.ropeType, "neox");
  assert.equal(models.mamba.ropeType, "none");
});

test("a classifier has its labels, another model has none", () => {
  assert.deepEqual(models.bert.classLabels, ["no", "maybe", "yes"]);
  assert.deepEqual(models.llama.classLabels, []);
  using reranker = Model.load(tinyReranker().path);
  assert.deepEqual(reranker.classLabels, ["relevant"]);
});

test("description and quantization name the architecture and the type", () => {
  assert.match(models.llama.description, /^llama .*F32/);
  assert.match(models.llama.quantization, /F32/);
  using half = Model.load(tinyLlama({ type: "F16" }).path);
  assert.match(half.quantization, /F16/);
  using brain = Model.load(tinyLlama({ type: "BF16" }).path);
  assert.match(brain.description, /BF16/);
  assert.equal(half.parameters, models.llama.parameters);
  assert.ok(half.size < models.llama.size);
});

test("rope scaling of the file is the frequency scale", () => {
  const metadata = {
    "llama.rope.scaling.type": ggufValue.string("linear"),
    "llama.rope.scaling.factor": ggufValue.float32(4),
  };
  using scaled = Model.load(tinyLlama({ metadata }).path);
  assert.equal(scaled.ropeFrequencyScale, 0.25);
});

test("metadata are texts by key, and all but arrays are listed", () => {
  const { llama } = models;
  assert.equal(llama.metadata("general.architecture"), "llama");
  assert.equal(llama.metadata("general.name"), "Tiny Llama");
  assert.equal(llama.metadata("llama.block_count"), "2");
  assert.equal(llama.metadata("tokenizer.ggml.add_bos_token"), "true");
  assert.equal(llama.metadata("tokenizer.ggml.tokens"), undefined);
  assert.equal(llama.metadata("no.such.key"), undefined);
  assert.equal(llama.metadata(""), undefined);
  const entries = new Map(llama.metadataEntries());
  assert.equal(entries.get("general.name"), "Tiny Llama");
  assert.ok(!entries.has("tokenizer.ggml.tokens"));
  for (const [key, value] of entries) assert.equal(llama.metadata(key), value);
});

test("a metadata value longer than any buffer comes whole", () => {
  const text = "é".repeat(5000);
  using model = Model.load(tinyLlama({ metadata: { "general.description": ggufValue.string(text) } }).path);
  assert.equal(model.metadata("general.description"), text);
  assert.equal(new Map(model.metadataEntries()).get("general.description"), text);
});

test("what a model recommends for sampling is numbers", () => {
  const { topK, topP, minP, temperature, sequence, mirostat } = models.llama.samplingMetadata;
  assert.deepEqual({ topK, topP, minP, temperature }, { topK: 40, topP: 0.875, minP: 0.0625, temperature: 0.75 });
  assert.deepEqual([sequence, mirostat], [undefined, undefined]);
  const all = {
    sequence: ggufValue.string("kpt"),
    xtc_probability: ggufValue.float32(0.5),
    xtc_threshold: ggufValue.float32(0.25),
    penalty_last_n: ggufValue.int32(64),
    penalty_repeat: ggufValue.float32(1.125),
    mirostat: ggufValue.int32(2),
    mirostat_tau: ggufValue.float32(5),
    mirostat_eta: ggufValue.float32(0.125),
  };
  const metadata = Object.fromEntries(Object.entries(all).map(([key, value]) => [`general.sampling.${key}`, value]));
  using model = Model.load(tinyLlama({ metadata }).path);
  assert.deepEqual(model.samplingMetadata, {
    topK: 40,
    topP: 0.875,
    minP: 0.0625,
    temperature: 0.75,
    sequence: "kpt",
    xtcProbability: 0.5,
    xtcThreshold: 0.25,
    penaltyLastN: 64,
    penaltyRepeat: 1.125,
    mirostat: 2,
    mirostatTau: 5,
    mirostatEta: 0.125,
  });
});

test("chat templates come by name, or the default", () => {
  const metadata = {
    "tokenizer.chat_template": ggufValue.string("{{ default }}"),
    "tokenizer.chat_template.tool_use": ggufValue.string("{{ tools }}"),
  };
  using model = Model.load(tinyLlama({ metadata }).path);
  assert.equal(model.chatTemplate(), "{{ default }}");
  assert.equal(model.chatTemplate("tool_use"), "{{ tools }}");
  assert.equal(model.chatTemplate("other"), undefined);
});
