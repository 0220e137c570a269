/** Every way to load a model gives the same model: the same logits, to the last bit where the weights lie alike. */
import assert from "node:assert/strict";
import { renameSync, writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodeTensor, type TensorContent } from "../../src/gguf/index.js";
import { Model } from "../../src/llama/model.js";
import { firstLogits } from "../support/first-logits.js";
import { hasCode } from "../support/has-code.js";
import { assertApart, assertClose } from "../support/numbers.js";
import { buildTinyLlama, tinyBert, tinyDirectory, tinyLlama, tinySplits } from "../support/tiny-models.js";

const { path } = tinyLlama();
const model = Model.load(path);
const expected = firstLogits(model);
after(() => model.dispose());

function embedded(offset: number): string {
  const file = join(tinyDirectory(), `embedded-${offset}.bin`);
  writeFileSync(file, Buffer.concat([Buffer.alloc(offset, 0x55), readFileSync(path), Buffer.alloc(100, 0x55)]));
  return file;
}

test("a model of other weights has other logits", () => {
  using other = Model.load(tinyLlama({ seed: 2 }).path);
  assertApart(firstLogits(other), expected, 1e-3);
});

test("loadAsync gives the same model, and the event loop turns meanwhile", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const progress: number[] = [];
  using loaded = await Model.loadAsync(path, { onProgress: (done) => void progress.push(done) });
  clearInterval(timer);
  assert.deepEqual(firstLogits(loaded), expected);
  assert.ok(turns > 0);
  assert.equal(progress.at(-1), 1);
});

test("a split model is loaded from its first file, and from a list of files whatever their names", async () => {
  const splits = tinySplits(3);
  {
    using loaded = Model.load(splits[0] ?? "");
    assert.deepEqual(firstLogits(loaded), expected);
  }
  const renamed = splits.map((file, index) => {
    const other = join(tinyDirectory(), `part-${index}.bin`);
    renameSync(file, other);
    return other;
  });
  {
    using loaded = Model.loadSplits(renamed);
    assert.deepEqual(firstLogits(loaded), expected);
    assert.equal(loaded.parameters, model.parameters);
  }
  using loaded = await Model.loadSplitsAsync(renamed);
  assert.deepEqual(firstLogits(loaded), expected);
});

test("a split model with a file missing, too many or in another order is refused", () => {
  const splits = tinySplits(2);
  const [first = "", second = ""] = splits;
  for (const list of [[], [first], [second, first], [first, first], [first, second, second], [second]]) {
    assert.throws(() => Model.loadSplits(list), hasCode(list.length === 0 ? "ARGUMENT_INVALID" : "GGUF_INVALID"));
  }
  assert.throws(() => Model.load(second), hasCode("GGUF_INVALID"));
  using loaded = Model.loadSplits(splits);
  assert.deepEqual(firstLogits(loaded), expected);
});

test("a GGUF in the middle of a file is loaded where it begins", async () => {
  for (const loadMode of ["mmap", "read"] as const) {
    using loaded = Model.loadAt(embedded(4096), 4096, { loadMode });
    assert.deepEqual(firstLogits(loaded), expected);
  }
  using loaded = await Model.loadAtAsync(embedded(64), 64);
  assert.deepEqual(firstLogits(loaded), expected);
});

test("a GGUF at an odd byte is loaded by reading, and refused for mapping", () => {
  const file = embedded(33);
  assert.throws(() => Model.loadAt(file, 33, { loadMode: "mmap" }), hasCode("MODEL_LOAD_FAILED", /aligned/));
  using loaded = Model.loadAt(file, 33, { loadMode: "read" });
  assert.deepEqual(firstLogits(loaded), expected);
});

test("an offset where no GGUF begins is refused", () => {
  const file = embedded(64);
  for (const offset of [0, 1, 65, 10_000_000]) assert.throws(() => Model.loadAt(file, offset), hasCode("GGUF_INVALID"));
  for (const offset of [-1, 0.5, NaN, 2 ** 53]) {
    assert.throws(() => Model.loadAt(file, offset), hasCode("ARGUMENT_INVALID"));
  }
  assert.throws(() => Model.loadAt(join(tinyDirectory(), "none"), 0), hasCode("MODEL_NOT_FOUND"));
});

test("a model of metadata and tensors in memory equals the file's", () => {
  const content = buildTinyLlama();
  const asked: string[] = [];
  const lazy = content.tensors.map((tensor): TensorContent => {
    const { data } = tensor;
    const give = (): Uint8Array => {
      asked.push(tensor.name);
      return typeof data === "function" ? data() : data;
    };
    return { ...tensor, data: give };
  });
  using whole = Model.fromGguf(content);
  using made = Model.fromGguf({ ...content, tensors: lazy });
  assert.deepEqual(asked.toSorted(), content.tensors.map(({ name }) => name).toSorted());
  assert.deepEqual(firstLogits(whole), firstLogits(made));
  assertClose(firstLogits(made), expected, 1e-4);
  assert.equal(made.description, model.description);
});

test("a model in memory with tensors missing, of another shape or without data is refused", () => {
  const content = buildTinyLlama();
  const [first, ...rest] = content.tensors;
  assert.ok(first !== undefined);
  const replace = (change: Partial<TensorContent>): readonly TensorContent[] => [{ ...first, ...change }, ...rest];
  const failing = new RangeError("no data today");
  const bytes = encodeTensor("F32", new Float32Array(64));
  const cases: readonly (readonly [readonly TensorContent[], (error: unknown) => boolean])[] = [
    [rest, hasCode("MODEL_LOAD_FAILED")],
    [[], hasCode("MODEL_LOAD_FAILED")],
    [replace({ data: () => bytes }), hasCode("ARGUMENT_INVALID", /data of tensor/)],
    [replace({ data: () => "x" as never }), hasCode("ARGUMENT_INVALID", /data of tensor/)],
    [replace({ data: bytes }), hasCode("ARGUMENT_INVALID", /data of tensor/)],
    [replace({ shape: [64], data: bytes }), hasCode("MODEL_LOAD_FAILED", /missing or of another size/)],
    [
      replace({
        data: () => {
          throw failing;
        },
      }),
      (error) => error === failing,
    ],
  ];
  for (const [tensors, isExpected] of cases) assert.throws(() => Model.fromGguf({ ...content, tensors }), isExpected);
  assert.throws(() => Model.fromGguf({ metadata: {} }), hasCode("GGUF_INVALID"));
  assert.throws(() => Model.fromGguf(content, { metadata: { "general.name": "x" } }), hasCode("ARGUMENT_INVALID"));
  using made = Model.fromGguf(content);
  assertClose(firstLogits(made), expected, 1e-4);
});

test("metadata overrides replace the file's, of every kind", () => {
  using loaded = Model.load(path, {
    metadata: {
      "general.name": "Renamed",
      "llama.context_length": 77,
      "llama.rope.freq_base": 20000.5,
      "tokenizer.ggml.add_bos_token": false,
      "mullama.own": 12n,
      "mullama.whole": { float: 3 },
    },
  });
  assert.equal(loaded.trainedContextSize, 77);
  assert.equal(loaded.vocab.addBos, false);
  assert.equal(model.vocab.addBos, true);
  assertApart(firstLogits(loaded), expected, 1e-4);
});

test("metadata overrides that C would cut off, misread or end the process on are refused", () => {
  const long = "x".repeat(128);
  const refused: Record<string, unknown>[] = [
    { [long]: 1 },
    { "general.name": long },
    { "general.name": "é".repeat(64) },
    { "general.name": "a\0b" },
    { "general.name": null },
    { "general.name": NaN },
    { "general.name": Infinity },
    { "general.name": [1] },
  ];
  for (const metadata of refused) {
    assert.throws(
      () => Model.load(path, { metadata: metadata as never }),
      hasCode("ARGUMENT_INVALID"),
      JSON.stringify(metadata),
    );
  }
  for (const count of [0, 513, 100_000]) {
    assert.throws(() => Model.load(path, { metadata: { "llama.block_count": count } }), hasCode("GGUF_INVALID"));
  }
  const noHeads = { "llama.attention.head_count": 0 };
  assert.throws(() => Model.load(path, { metadata: noHeads }), hasCode("MODEL_LOAD_FAILED", /attn_q/));
  for (const metadata of [
    { "llama.context_length": "text" },
    { "llama.rope.freq_base": 20_000 },
    { "tokenizer.ggml.tokens": "x" },
  ]) {
    assert.throws(() => Model.load(path, { metadata }), hasCode("ARGUMENT_INVALID", /of the kind that the file has/));
  }
  using loaded = Model.load(path, { metadata: { "general.name": "x".repeat(127) } });
  assert.deepEqual(firstLogits(loaded), expected);
});

test("every load mode gives the same model", () => {
  for (const loadMode of ["auto", "read", "mmap", "mlock", "mmap+mlock", "direct-io"] as const) {
    for (const lazyMode of ["off", "auto", "on"] as const) {
      using loaded = Model.load(path, { loadMode, lazyMode });
      assert.deepEqual(firstLogits(loaded), expected, `${loadMode}, ${lazyMode}`);
    }
  }
});

test("a model is put on named devices and buffers", () => {
  const all = { devices: ["CPU"], gpuLayers: 1, splitMode: "layer", mainGpu: 0, tensorSplit: [1] } as const;
  using placed = Model.load(path, {
    ...all,
    tensorPlacement: [{ pattern: "blk\\.\\d+\\.ffn_.*", bufferType: "CPU" }],
    extraBuffers: false,
    noHost: true,
    checkTensors: true,
    mtp: true,
  });
  assertClose(firstLogits(placed), expected, 1e-4);
  using alone = Model.load(path, { devices: [] });
  assertClose(firstLogits(alone), expected, 1e-4);
});

test("wrong options are refused by name, and a model can be loaded afterwards", () => {
  const wrong: Record<string, unknown>[] = [
    { n_gpu_layers: 1 },
    { gpuLayers: -2 },
    { gpuLayers: 1.5 },
    { gpuLayers: "1" },
    { splitMode: "half" },
    { splitMode: "tensor", devices: ["CPU"] },
    { loadMode: "none" },
    { lazyMode: true },
    { mainGpu: -1 },
    { devices: ["NONE0"] },
    { devices: "CPU" },
    { devices: [1] },
    { tensorSplit: [NaN] },
    { tensorSplit: [-1] },
    { tensorSplit: Array.from({ length: 1000 }, () => 1) },
    { tensorPlacement: [{ pattern: "", bufferType: "CPU" }] },
    { tensorPlacement: [{ pattern: "(".repeat(2000), bufferType: "CPU" }] },
    { tensorPlacement: [{ pattern: ".*", bufferType: "none" }] },
    { onProgress: 1 },
    { vocabOnly: 1 },
    { checkTensors: "yes" },
    { noAlloc: true, loadMode: "mmap" },
  ];
  for (const options of wrong) {
    const [name = ""] = Object.keys(options);
    assert.throws(
      () => Model.load(path, options),
      hasCode("ARGUMENT_INVALID", new RegExp(`options\\.(?:${name}|devices|loadMode)`)),
      JSON.stringify(options),
    );
  }
  for (const metadata of [null, 1, "x"]) {
    assert.throws(() => Model.load(path, { metadata: metadata as never }), hasCode("ARGUMENT_INVALID"));
  }
  for (const options of [null, 1, "x"])
    assert.throws(() => Model.load(path, options as never), hasCode("ARGUMENT_INVALID"));
  const bad = { tensorPlacement: [{ pattern: "[", bufferType: "CPU" }] };
  assert.throws(() => Model.load(path, bad), hasCode("MODEL_LOAD_FAILED", /bracket/));
  assert.throws(() => Model.load(path, { splitMode: "row", devices: ["CPU"] }), hasCode("MODEL_LOAD_FAILED"));
  assert.throws(
    () => Model.load(path, { splitMode: "none", mainGpu: 9, devices: ["CPU"] }),
    hasCode("MODEL_LOAD_FAILED", /main_gpu/),
  );
  using loaded = Model.load(path);
  assert.deepEqual(firstLogits(loaded), expected);
});

test("progress rises to 1, and false stops the loading", () => {
  const progress: number[] = [];
  using loaded = Model.load(path, { onProgress: (done) => void progress.push(done) });
  assert.deepEqual(
    progress,
    progress.toSorted((one, other) => one - other),
  );
  assert.equal(progress.at(-1), 1);
  assert.ok(!loaded.disposed);
  assert.throws(() => Model.load(path, { onProgress: () => false }), hasCode("ABORTED"));
});

test("what onProgress throws comes out of the load", async () => {
  const mine = new RangeError("mine");
  const onProgress = (): never => {
    throw mine;
  };
  assert.throws(
    () => Model.load(path, { onProgress }),
    (error) => error === mine,
  );
  await assert.rejects(Model.loadAsync(path, { onProgress }), (error) => error === mine);
});

test("a signal stops a load before it begins and while it runs, with its reason as the cause", async () => {
  const reason = new RangeError("enough");
  const isAborted = (error: unknown): boolean => hasCode("ABORTED")(error) && (error as Error).cause === reason;
  assert.throws(() => Model.load(path, { signal: AbortSignal.abort(reason) }), isAborted);
  await assert.rejects(Model.loadAsync(path, { signal: AbortSignal.abort(reason) }), isAborted);
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(reason);
  await assert.rejects(Model.loadAsync(path, { signal: controller.signal, onProgress }), isAborted);
  using loaded = await Model.loadAsync(path, { signal: new AbortController().signal });
  assert.deepEqual(firstLogits(loaded), expected);
});

test("several models are loaded at once", async () => {
  const paths = [path, tinyLlama({ seed: 2 }).path, tinyBert().path, path];
  const models = await Promise.all(paths.map((file) => Model.loadAsync(file)));
  const [first, , bert, last] = models;
  assert.ok(first !== undefined && bert !== undefined && last !== undefined);
  assert.deepEqual(firstLogits(first), firstLogits(last));
  assert.equal(bert.metadata("general.architecture"), "bert");
  models.forEach((one) => one.dispose());
});

test("a vocabulary alone tokenizes and makes no context", () => {
  using vocabulary = Model.load(path, { vocabOnly: true });
  assert.equal(vocabulary.hasWeights, false);
  assert.deepEqual(vocabulary.vocab.tokenize("a small llama"), model.vocab.tokenize("a small llama"));
  assert.throws(() => vocabulary.createContext(), hasCode("UNSUPPORTED"));
});

test("a model without memory for its tensors tells its size and makes no context", () => {
  using planned = Model.load(path, { noAlloc: true });
  assert.equal(planned.size, model.size);
  assert.equal(planned.layers, model.layers);
  assert.throws(() => planned.createContext(), hasCode("UNSUPPORTED"));
});
