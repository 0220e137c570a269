import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { GgufFile } from "../../src/gguf/index.js";
import { Trainer } from "../../src/llama/trainer.js";
import type { TrainingProgress } from "../../src/llama/trainer-callbacks.js";
import type { TrainerOptions } from "../../src/llama/trainer-options.js";
import { openLibrary } from "../../src/native/index.js";
import { tinyDirectory, tinyGemma, tinyLlama } from "../support/tiny-models.js";

const tiny = tinyLlama();
const small: TrainerOptions = { contextSize: 256, batchSize: 128, microBatchSize: 64, threads: 1 };

/** A sequence that says the same again and again. */
function repeated(length: number): Int32Array {
  return Int32Array.from({ length }, (_, index) => 20 + (index % 7));
}

function weightsOf(path: string, tensor: string): Float32Array {
  using file = GgufFile.open(path);
  return file.readFloats(tensor);
}

describe("Trainer.epoch", () => {
  for (const optimizer of ["adamw", "sgd"] as const) {
    it(`brings the loss down on a repeated sequence (${optimizer})`, () => {
      const parameters = { learningRate: optimizer === "adamw" ? 1e-3 : 1e-1 };
      using trainer = Trainer.open(tiny.path, { ...small, optimizer, parameters });
      const tokens = repeated(2 * 256 + 1);
      const before = trainer.evaluate(tokens);
      const losses = Array.from({ length: 6 }, () => trainer.epoch(tokens).training?.loss ?? Number.NaN);
      const after = trainer.evaluate(tokens);
      assert.equal(before.tokens, 512);
      assert.ok(after.loss < before.loss * 0.9, `${before.loss} to ${after.loss} by ${losses.join(", ")}`);
      assert.ok(after.accuracy >= before.accuracy);
      assert.ok(before.lossUncertainty > 0);
    });
  }

  it("keeps the last share of the examples for validation", () => {
    using trainer = Trainer.open(tiny.path, small);
    const { training, validation } = trainer.epoch(repeated(4 * 256 + 1), { validation: 0.25 });
    assert.equal(training?.tokens, 3 * 256);
    assert.equal(validation?.tokens, 256);
    assert.equal(trainer.epoch(repeated(257)).validation, undefined);
    assert.equal(trainer.epoch(repeated(257), { validation: 1 }).training, undefined);
  });

  it("cuts examples at the stride", () => {
    using trainer = Trainer.open(tiny.path, small);
    assert.equal(trainer.evaluate(repeated(257 + 64), { stride: 32 }).tokens, 3 * 256);
  });

  it("tells its progress, microbatch by microbatch", () => {
    using trainer = Trainer.open(tiny.path, small);
    const told: TrainingProgress[] = [];
    trainer.epoch(repeated(2 * 256 + 1), { validation: 0.5, onProgress: (progress) => told.push(progress) });
    assert.deepEqual(
      told.map(({ phase }) => phase),
      [...Array(4).fill("training"), ...Array(4).fill("evaluation")],
    );
    assert.deepEqual(
      told.map(({ done, total }) => `${done}/${total}`),
      ["1/4", "2/4", "3/4", "4/4", "1/4", "2/4", "3/4", "4/4"],
    );
    assert.ok(told.every(({ loss }) => loss > 0));
  });

  it("asks for the parameters of every step", () => {
    const steps: number[] = [];
    const parameters = (step: number): { learningRate: number } => {
      steps.push(step);
      return { learningRate: 1e-3 / (step + 1) };
    };
    using trainer = Trainer.open(tiny.path, { ...small, parameters });
    trainer.epoch(repeated(2 * 256 + 1));
    assert.deepEqual(steps, [0, 1, 2, 3]);
  });

  it("ends with what a callback throws, and works again", () => {
    let fails = true;
    const parameters = (): { learningRate: number } => {
      if (fails) throw new RangeError("no rate");
      return { learningRate: 1e-3 };
    };
    using trainer = Trainer.open(tiny.path, { ...small, parameters });
    const tokens = repeated(257);
    const { loss } = trainer.evaluate(tokens);
    assert.throws(() => trainer.epoch(tokens), { name: "RangeError", message: "no rate" });
    assert.equal(trainer.evaluate(tokens).loss, loss, "no weight has changed");
    fails = false;
    const onProgress = (): never => assert.fail("no progress");
    assert.throws(() => trainer.epoch(tokens, { onProgress }), /no progress/);
    assert.ok(trainer.epoch(tokens).training);
  });

  it("refuses a rate that C would abort on, even from a callback", () => {
    for (const learningRate of [0, -1, 1e-50, Number.NaN, Infinity]) {
      assert.throws(() => Trainer.open(tiny.path, { ...small, parameters: { learningRate } }), {
        code: "ARGUMENT_INVALID",
      });
    }
    using trainer = Trainer.open(tiny.path, { ...small, parameters: () => ({ beta1: 1 }) });
    assert.throws(() => trainer.epoch(repeated(257)), { code: "ARGUMENT_INVALID", argument: "beta1" });
  });

  it("refuses wrong tokens and options", () => {
    using trainer = Trainer.open(tiny.path, small);
    assert.throws(() => trainer.epoch(repeated(256)), { code: "ARGUMENT_INVALID", argument: "tokens" });
    assert.throws(() => trainer.epoch([...repeated(257), -1]), { code: "ARGUMENT_INVALID" });
    assert.throws(() => trainer.epoch([...repeated(257), tiny.vocab.size]), { code: "ARGUMENT_INVALID" });
    assert.throws(() => trainer.epoch(repeated(257), { stride: 0 }), { code: "ARGUMENT_INVALID", argument: "stride" });
    assert.throws(() => trainer.epoch(repeated(257), { validation: 1.5 }), {
      code: "ARGUMENT_INVALID",
      argument: "validation",
    });
    assert.throws(() => trainer.epoch(repeated(257), { epochs: 3 } as never), { code: "ARGUMENT_INVALID" });
    assert.ok(trainer.epoch(repeated(257)).training);
  });

  it("is not entered twice, and survives a disposal from inside", () => {
    const trainer = Trainer.open(tiny.path, small);
    const codes: unknown[] = [];
    const tokens = repeated(257);
    trainer.epoch(tokens, {
      onProgress: () => {
        for (const misuse of [() => trainer.epoch(tokens), () => trainer.save("unused.gguf")]) {
          try {
            misuse();
          } catch (error) {
            codes.push((error as { code?: unknown }).code);
          }
        }
        trainer.dispose();
      },
    });
    assert.deepEqual(new Set(codes), new Set(["BUSY"]));
    assert.throws(() => trainer.epoch(tokens), { code: "DISPOSED" });
    assert.throws(() => trainer.save("unused.gguf"), { code: "DISPOSED" });
    assert.equal(trainer.disposed, true);
    trainer.dispose();
  });
});

describe("Trainer.open", () => {
  it("trains only what it is asked to", () => {
    const only = "blk.0.ffn_up.weight";
    using trainer = Trainer.open(tiny.path, { ...small, trains: (name) => name === only });
    trainer.epoch(repeated(257));
    const path = join(tinyDirectory(), "partly.gguf");
    trainer.save(path);
    assert.notDeepEqual(weightsOf(path, only), weightsOf(tiny.path, only));
    for (const other of ["blk.0.ffn_down.weight", "output_norm.weight", "token_embd.weight"]) {
      assert.deepEqual(weightsOf(path, other), weightsOf(tiny.path, other), other);
    }
  });

  it("refuses a choice that trains nothing, and passes on what it throws", () => {
    assert.throws(() => Trainer.open(tiny.path, { ...small, trains: () => false }), { code: "TRAINING_FAILED" });
    assert.throws(() => Trainer.open(tiny.path, { ...small, trains: (name) => name === "token_embd.weight" }), {
      code: "TRAINING_FAILED",
    });
    assert.throws(() => Trainer.open(tiny.path, { ...small, trains: () => assert.fail("no choice") }), /no choice/);
  });

  it("refuses models that llama.cpp cannot train", () => {
    assert.throws(() => Trainer.open(tinyLlama({ type: "F16" }).path), { code: "UNSUPPORTED" });
    assert.throws(() => Trainer.open(tinyGemma().path), { code: "UNSUPPORTED" });
    assert.throws(() => Trainer.open("/no/such/file.gguf"), { code: "MODEL_NOT_FOUND" });
  });

  it("refuses sizes that do not divide each other", () => {
    const sizes: readonly TrainerOptions[] = [
      { contextSize: 100 },
      { contextSize: 300 },
      { batchSize: 100 },
      { batchSize: 128, microBatchSize: 48 },
      { microBatchSize: 0 },
      { threads: 0 },
      { optimizer: "adam" as never },
      { learningRate: 1 } as never,
    ];
    for (const options of sizes)
      assert.throws(() => Trainer.open(tiny.path, options), { code: "ARGUMENT_INVALID" }, JSON.stringify(options));
  });

  it("works with the smallest batches", () => {
    using trainer = Trainer.open(tiny.path, { contextSize: 256, batchSize: 32, microBatchSize: 8, threads: 1 });
    assert.ok(trainer.epoch(repeated(257)).training);
  });
});

describe("Trainer.save", () => {
  it("writes a model that predicts as the trained one does", () => {
    using trainer = Trainer.open(tiny.path, small);
    const tokens = repeated(257);
    for (let epoch = 0; epoch < 3; epoch++) trainer.epoch(tokens);
    const path = join(tinyDirectory(), "trained.gguf");
    trainer.save(path);
    using original = GgufFile.open(tiny.path);
    using saved = GgufFile.open(path);
    assert.deepEqual(saved.header.metadata, original.header.metadata);
    using again = Trainer.open(path, small);
    assert.ok(Math.abs(again.evaluate(tokens).loss - trainer.evaluate(tokens).loss) < 1e-6);
  });

  it("says when the file cannot be written", () => {
    using trainer = Trainer.open(tiny.path, small);
    assert.throws(() => trainer.save(join(tinyDirectory(), "no", "such", "folder.gguf")), { code: "SAVE_FAILED" });
    assert.ok(trainer.evaluate(repeated(257)).loss > 0);
  });
});

it("llama_opt_param_filter_all takes every tensor", () => {
  const c = openLibrary().functions;
  const context = c.ggml_init({ mem_size: 4096, mem_buffer: null, no_alloc: true });
  assert.ok(context);
  const tensor = c.ggml_new_tensor_1d(context, 0, 1);
  assert.ok(tensor);
  assert.equal(c.llama_opt_param_filter_all(tensor, null), true);
  c.ggml_free(context);
});
