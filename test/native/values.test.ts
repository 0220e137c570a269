/** Values of every kind, to C and back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addressOf,
  ggml_backend_dev_type,
  ggml_type,
  gguf_type,
  type llama_batch,
  LLAMA_TOKEN_NULL,
  type llama_logit_bias,
  type llama_model_kv_override,
  llama_model_kv_override_type,
  NativeMemory,
  offsetOf,
  openLibrary,
  type Pointer,
  pointerArray,
  readBytes,
  readPointer,
  readStruct,
  readText,
  registerCallback,
  sizeArray,
  sizeOf,
  toText,
  viewBytes,
  writeStruct,
} from "../../src/native/index.js";
import { tinyLlama } from "../support/tiny-models.js";

const c = openLibrary().functions;

function loadTiny(): Pointer<"llama_model"> {
  const model = c.llama_model_load_from_file(tinyLlama().path, c.llama_model_default_params());
  assert.ok(model);
  return model;
}

describe("64-bit integers", () => {
  it("pass through exactly, signed and unsigned, also beyond 2^53", () => {
    const values = [
      0,
      1,
      -1,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      2n ** 53n + 1n,
      2n ** 62n + 12_345n,
      -(2n ** 63n),
      2n ** 63n - 1n,
    ];
    const gguf = c.gguf_init_empty();
    assert.ok(gguf);
    for (const value of values) {
      c.gguf_set_val_i64(gguf, "signed", value);
      assert.equal(c.gguf_get_val_i64(gguf, c.gguf_find_key(gguf, "signed")), value);
    }
    for (const value of [2n ** 63n, 2n ** 64n - 1n, 2n ** 53n + 1n, 7]) {
      c.gguf_set_val_u64(gguf, "unsigned", value);
      assert.equal(c.gguf_get_val_u64(gguf, c.gguf_find_key(gguf, "unsigned")), value);
    }
    c.gguf_free(gguf);
  });

  it("come back as numbers while they are safe integers", () => {
    assert.equal(typeof c.llama_time_us(), "number");
    assert.equal(typeof c.ggml_type_size(ggml_type.GGML_TYPE_F32), "number");
  });
});

describe("structs by value", () => {
  it("come back with every field", () => {
    const defaults = c.ggml_opt_get_default_optimizer_params(null);
    assert.ok(Math.abs(defaults.adamw.alpha - 1e-3) < 1e-9);
    assert.ok(Math.abs(defaults.adamw.beta2 - 0.999) < 1e-6);
    assert.ok(Math.abs(defaults.sgd.alpha - 1e-3) < 1e-9);
    assert.equal(c.llama_context_default_params().n_ctx, 512);
  });

  it("go in, and a missing field is zero", () => {
    const context = c.ggml_init({ mem_size: 4096, mem_buffer: null, no_alloc: true });
    assert.ok(context);
    assert.equal(Number(c.ggml_get_mem_size(context)), 4096);
    assert.equal(c.ggml_get_no_alloc(context), true);
    c.ggml_free(context);
    const other = c.ggml_init({ mem_size: 4096 } as Parameters<typeof c.ggml_init>[0]);
    assert.ok(other);
    assert.equal(c.ggml_get_no_alloc(other), false);
    c.ggml_free(other);
  });

  it("survive a round trip of addresses", () => {
    const batch: llama_batch = c.llama_batch_init(3, 0, 2);
    assert.equal(batch.embd, null);
    assert.notEqual(batch.token, null);
    assert.equal(readPointer(batch.seq_id as Pointer<"pointer">, 3), null, "llama_batch_init ends the list with NULL");
    c.llama_batch_free(batch);
  });

  it("go behind a pointer as an object or an array of objects", () => {
    const biases: llama_logit_bias[] = [
      { token: 1, bias: 100 },
      { token: 2, bias: -100 },
    ];
    const sampler = c.llama_sampler_init_logit_bias(4, biases.length, biases);
    assert.ok(sampler);
    const data = new Uint8Array(4 * sizeOf("llama_token_data"));
    for (let id = 0; id < 4; id++) writeStruct("llama_token_data", data.subarray(id * 12), { id, logit: 0, p: 0 });
    const array = new Uint8Array(sizeOf("llama_token_data_array"));
    writeStruct("llama_token_data_array", array, { data: addressOf(data), size: 4, selected: -1, sorted: false });
    c.llama_sampler_apply(sampler, array);
    assert.deepEqual(
      [...new Float32Array(data.buffer)].filter((_, index) => index % 3 === 1),
      [0, 100, -100, 0],
    );
    c.llama_sampler_free(sampler);
  });

  it("hold a union's members at one place", () => {
    using memory = new NativeMemory(sizeOf("llama_model_kv_override"));
    const text = { val_str: "hello" };
    const override = {
      tag: llama_model_kv_override_type.LLAMA_KV_OVERRIDE_TYPE_STR,
      key: "general.name",
      union_0: text,
    };
    writeStruct("llama_model_kv_override", memory.pointer, override);
    const back = readStruct<llama_model_kv_override>("llama_model_kv_override", memory.pointer);
    assert.equal(back.key, "general.name");
    assert.equal(back.tag, 3);
    const at = offsetOf("llama_model_kv_override", "union_0");
    assert.equal(Buffer.from(memory.bytes.subarray(at, at + 6)).toString("latin1"), "hello\0");
  });
});

describe("text", () => {
  it("goes in as a string or as zero-ended bytes, and comes back as a string", () => {
    const word = "naïve 🦙";
    const gguf = c.gguf_init_empty();
    assert.ok(gguf);
    c.gguf_set_val_str(gguf, "word", word);
    c.gguf_set_val_str(gguf, toText("bytes"), toText(word));
    assert.equal(c.gguf_get_val_str(gguf, 0), word);
    assert.equal(c.gguf_get_val_str(gguf, c.gguf_find_key(gguf, "bytes")), word);
    c.gguf_free(gguf);
  });

  it("goes in as an array of strings, NULL for null", () => {
    const gguf = c.gguf_init_empty();
    assert.ok(gguf);
    const words = ["one", "zwei", "три"];
    c.gguf_set_arr_str(gguf, "words", words, words.length);
    assert.equal(c.gguf_get_arr_type(gguf, 0), gguf_type.GGUF_TYPE_STRING);
    assert.deepEqual(
      words.map((_, index) => c.gguf_get_arr_str(gguf, 0, index)),
      words,
    );
    c.gguf_free(gguf);
  });

  it("comes back in a buffer of the caller's", () => {
    const model = loadTiny();
    const buffer = new Uint8Array(64);
    const length = c.llama_model_meta_val_str(model, "general.architecture", buffer, buffer.length);
    assert.equal(Buffer.from(buffer.subarray(0, length)).toString(), "llama");
    assert.equal(c.llama_model_meta_val_str(model, "no.such.key", buffer, buffer.length), -1);
    c.llama_model_free(model);
  });

  it("is read at an address", () => {
    const bytes = toText("zero-ended é");
    assert.equal(readText(addressOf(bytes)), "zero-ended é");
  });
});

describe("out-parameters", () => {
  it("are typed arrays that C writes into", () => {
    const free = sizeArray(1);
    const total = sizeArray(1);
    const device = c.ggml_backend_dev_by_type(ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU);
    assert.ok(device);
    c.ggml_backend_dev_memory(device, free, total);
    assert.ok(Number(total[0]) > 2 ** 20);
    assert.ok(Number(free[0]) <= Number(total[0]));
  });

  it("leave the other elements alone", () => {
    const model = loadTiny();
    const vocab = c.llama_model_get_vocab(model);
    assert.ok(vocab);
    const tokens = new Int32Array(8).fill(LLAMA_TOKEN_NULL);
    const count = c.llama_tokenize(vocab, "a", 1, tokens, tokens.length, false, false);
    assert.ok(count > 0 && count < 8);
    assert.ok(tokens.subarray(0, count).every((token) => token >= 0));
    assert.ok(tokens.subarray(count).every((token) => token === LLAMA_TOKEN_NULL));
    c.llama_model_free(model);
  });
});

describe("callbacks", () => {
  it("are called with C's values, and their result reaches C", () => {
    const seen: number[] = [];
    using progress = registerCallback("llama_progress_callback", (fraction) => seen.push(fraction) > 0);
    const params = { ...c.llama_model_default_params(), progress_callback: progress.pointer };
    const model = c.llama_model_load_from_file(tinyLlama().path, params);
    assert.ok(model);
    c.llama_model_free(model);
    assert.equal(seen.at(-1), 1);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
  });

  it("stop a load by returning false", () => {
    using progress = registerCallback("llama_progress_callback", () => false);
    const params = { ...c.llama_model_default_params(), progress_callback: progress.pointer };
    assert.equal(c.llama_model_load_from_file(tinyLlama().path, params), null);
  });

  it("give C false when they throw, and the exception comes out of the call", () => {
    let calls = 0;
    using progress = registerCallback("llama_progress_callback", () => {
      calls++;
      throw new RangeError("from the callback");
    });
    const params = { ...c.llama_model_default_params(), progress_callback: progress.pointer };
    assert.throws(() => c.llama_model_load_from_file(tinyLlama().path, params), {
      name: "RangeError",
      message: "from the callback",
    });
    assert.equal(calls, 1);
    c.llama_model_free(loadTiny());
  });

  it("run during an asynchronous call too", async () => {
    let calls = 0;
    using progress = registerCallback("llama_progress_callback", () => ++calls > 0);
    const params = { ...c.llama_model_default_params(), progress_callback: progress.pointer };
    const model = await new Promise<Pointer<"llama_model"> | null>((resolve, reject) => {
      c.llama_model_load_from_file.async(tinyLlama().path, params, (error, result) =>
        error ? reject(error) : resolve(result),
      );
    });
    assert.ok(model);
    assert.ok(calls > 0);
    c.llama_model_free(model);
  });

  it("can be disposed twice", () => {
    const callback = registerCallback("llama_progress_callback", () => true);
    callback[Symbol.dispose]();
    callback[Symbol.dispose]();
  });
});

describe("NativeMemory", () => {
  it("is zeroed, keeps what is written, and is read as a copy or a view", () => {
    using memory = new NativeMemory(16);
    assert.deepEqual(
      [...memory.bytes],
      Array.from({ length: 16 }, () => 0),
    );
    memory.bytes.set([1, 2, 3]);
    assert.deepEqual([...readBytes(memory.pointer, 4)], [1, 2, 3, 0]);
    const copy = readBytes(memory.pointer, 1);
    viewBytes(memory.pointer, 1)[0] = 9;
    assert.equal(copy[0], 1);
    assert.equal(memory.bytes[0], 9);
    assert.equal(viewBytes(memory.pointer, 0).length, 0);
  });

  it("holds arrays of addresses", () => {
    using one = new NativeMemory(8);
    const array = pointerArray([one.pointer, null]);
    assert.equal(readPointer(array), one.pointer);
    assert.equal(readPointer(array, 1), null);
  });

  it("is freed once, and refuses to be used after", () => {
    const memory = new NativeMemory(8);
    memory.free();
    memory.free();
    assert.throws(() => memory.pointer, TypeError);
    assert.throws(() => memory.bytes, TypeError);
  });

  it("stays where it is while it lives, through garbage collection", () => {
    using memory = new NativeMemory(1 << 16);
    const { pointer } = memory;
    memory.bytes.fill(7);
    for (let index = 0; index < 100; index++) new Uint8Array(1 << 16).fill(1);
    assert.equal(memory.pointer, pointer);
    assert.ok(memory.bytes.every((byte) => byte === 7));
  });
});
