/** The deprecated functions of llama.h, each against the function that replaces it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { llama as table } from "../../src/native/generated/llama.js";
import {
  addressOf,
  captureLog,
  type NativeFunctions,
  openLibrary,
  type Pointer,
  readBytes,
  sizeArray,
  sizeOf,
  writeStruct,
} from "../../src/native/index.js";
import { tinyDirectory, tinyLlama } from "../support/tiny-models.js";

const c = openLibrary().functions;
const tiny = tinyLlama({ vocab: "bpe" });

function must<Value>(value: Value | null): Value {
  assert.ok(value !== null);
  return value;
}

const model = must(c.llama_load_model_from_file(tiny.path, c.llama_model_default_params()));
const vocab = must(c.llama_model_get_vocab(model));
after(() => c.llama_free_model(model));

function newContext(): Pointer<"llama_context"> {
  const params = { ...c.llama_context_default_params(), n_ctx: 64, n_batch: 32, n_threads: 1, n_threads_batch: 1 };
  return must(c.llama_new_context_with_model(model, params));
}

function decode(context: Pointer<"llama_context">, tokens: readonly number[]): Float32Array {
  const batch = Int32Array.from(tokens);
  assert.equal(c.llama_decode(context, c.llama_batch_get_one(batch, batch.length)), 0);
  return new Float32Array(readBytes(must(c.llama_get_logits_ith(context, -1)), tiny.vocab.size * 4).buffer);
}

const called = new Set<string>();

/** Compares an old function with its successor on the same arguments. */
function equalResults(
  pairs: readonly (readonly [old: keyof NativeFunctions, successor: keyof NativeFunctions])[],
  ...args: unknown[]
): unknown[] {
  return pairs.map(([old, successor]) => {
    called.add(old);
    const [one, other] = [c[old], c[successor]].map((fn) => (fn as (...values: unknown[]) => unknown)(...args));
    assert.equal(one, other, `${old} gives ${String(one)}, ${successor} gives ${String(other)}`);
    return one;
  });
}

describe("deprecated functions", () => {
  it("of a model give what their successors give", () => {
    const values = equalResults(
      [
        ["llama_n_ctx_train", "llama_model_n_ctx_train"],
        ["llama_n_embd", "llama_model_n_embd"],
        ["llama_n_layer", "llama_model_n_layer"],
        ["llama_n_head", "llama_model_n_head"],
      ],
      model,
    );
    assert.deepEqual(values, [tiny.contextSize, tiny.embeddingSize, tiny.layers, tiny.heads]);
  });

  it("of a vocabulary give what their successors give", () => {
    const { special } = tiny.vocab;
    const values = equalResults(
      [
        ["llama_n_vocab", "llama_vocab_n_tokens"],
        ["llama_token_bos", "llama_vocab_bos"],
        ["llama_token_eos", "llama_vocab_eos"],
        ["llama_token_eot", "llama_vocab_eot"],
        ["llama_token_cls", "llama_vocab_bos"],
        ["llama_vocab_cls", "llama_vocab_bos"],
        ["llama_token_sep", "llama_vocab_sep"],
        ["llama_token_nl", "llama_vocab_nl"],
        ["llama_token_pad", "llama_vocab_pad"],
        ["llama_token_fim_pre", "llama_vocab_fim_pre"],
        ["llama_token_fim_suf", "llama_vocab_fim_suf"],
        ["llama_token_fim_mid", "llama_vocab_fim_mid"],
        ["llama_token_fim_pad", "llama_vocab_fim_pad"],
        ["llama_token_fim_rep", "llama_vocab_fim_rep"],
        ["llama_token_fim_sep", "llama_vocab_fim_sep"],
        ["llama_add_bos_token", "llama_vocab_get_add_bos"],
        ["llama_add_eos_token", "llama_vocab_get_add_eos"],
      ],
      vocab,
    );
    assert.deepEqual(values.slice(0, 7), [
      tiny.vocab.size,
      special.bos,
      special.eos,
      special.eot,
      special.bos,
      special.bos,
      special.sep,
    ]);
    assert.deepEqual(values.slice(8, 15), [
      special.pad,
      special.fimPre,
      special.fimSuf,
      special.fimMid,
      special.fimPad,
      special.fimRep,
      special.fimSep,
    ]);
    assert.deepEqual(values.slice(15), [true, false]);
  });

  it("of a token give what their successors give, for every token", () => {
    for (let token = 0; token < tiny.vocab.size; token++) {
      equalResults(
        [
          ["llama_token_get_text", "llama_vocab_get_text"],
          ["llama_token_get_score", "llama_vocab_get_score"],
          ["llama_token_get_attr", "llama_vocab_get_attr"],
          ["llama_token_is_eog", "llama_vocab_is_eog"],
          ["llama_token_is_control", "llama_vocab_is_control"],
        ],
        vocab,
        token,
      );
    }
    assert.equal(c.llama_token_get_text(vocab, tiny.vocab.special.eos), "</s>");
    assert.equal(c.llama_token_is_eog(vocab, tiny.vocab.special.eos), true);
  });

  it("load a model and make a context that decode as their successors' do", () => {
    for (const name of ["llama_load_model_from_file", "llama_free_model", "llama_new_context_with_model"])
      called.add(name);
    const modern = must(c.llama_model_load_from_file(tiny.path, c.llama_model_default_params()));
    const params = { ...c.llama_context_default_params(), n_ctx: 64, n_batch: 32, n_threads: 1, n_threads_batch: 1 };
    const [one, other] = [newContext(), must(c.llama_init_from_model(modern, params))];
    assert.deepEqual(decode(one, [1, 20, 30]), decode(other, [1, 20, 30]));
    c.llama_free(one);
    c.llama_free(other);
    c.llama_free_model(modern);
  });

  it("llama_set_warmup changes the mode, and a dense model's answer stays the same", () => {
    called.add("llama_set_warmup");
    const context = newContext();
    const cold = decode(context, [1, 20, 30]);
    c.llama_memory_clear(must(c.llama_get_memory(context)), true);
    const { log } = captureLog(c, () => c.llama_set_warmup(context, true));
    assert.deepEqual(log, [{ level: "debug", text: "set_warmup: value = 1" }]);
    assert.deepEqual(decode(context, [1, 20, 30]), cold);
    c.llama_set_warmup(context, false);
    c.llama_free(context);
  });

  it("copy the state of a context and set it in another", () => {
    for (const name of ["llama_get_state_size", "llama_copy_state_data", "llama_set_state_data"]) called.add(name);
    const source = newContext();
    decode(source, [1, 20, 30]);
    const size = Number(c.llama_get_state_size(source));
    assert.equal(size, Number(c.llama_state_get_size(source)));
    const state = new Uint8Array(size);
    const modern = new Uint8Array(size);
    assert.equal(Number(c.llama_copy_state_data(source, state)), Number(c.llama_state_get_data(source, modern, size)));
    assert.deepEqual(state, modern);
    const target = newContext();
    assert.equal(Number(c.llama_set_state_data(target, state)), size);
    assert.deepEqual(decode(target, [40]), decode(source, [40]));
    c.llama_free(source);
    c.llama_free(target);
  });

  it("save a session to a file and load it", () => {
    for (const name of ["llama_save_session_file", "llama_load_session_file"]) called.add(name);
    const [file, modern] = ["session.bin", "state.bin"].map((name) => join(tinyDirectory(), name)) as [string, string];
    const tokens = Int32Array.of(1, 20, 30);
    const source = newContext();
    decode(source, [...tokens]);
    assert.equal(c.llama_save_session_file(source, file, tokens, tokens.length), true);
    assert.equal(c.llama_state_save_file(source, modern, tokens, tokens.length), true);
    assert.deepEqual(readFileSync(file), readFileSync(modern));
    const target = newContext();
    const loaded = new Int32Array(8);
    const count = sizeArray(1);
    assert.equal(c.llama_load_session_file(target, file, loaded, loaded.length, count), true);
    assert.equal(Number(count[0]), 3);
    assert.deepEqual(loaded.subarray(0, 3), tokens);
    assert.deepEqual(decode(target, [40]), decode(source, [40]));
    c.llama_free(source);
    c.llama_free(target);
  });

  it("llama_sampler_init_grammar_lazy constrains once its word has been said", () => {
    called.add("llama_sampler_init_grammar_lazy");
    const tokenOf = (text: string): number => {
      const tokens = new Int32Array(4);
      assert.equal(c.llama_tokenize(vocab, text, text.length, tokens, 4, false, false), 1);
      return tokens[0] ?? -1;
    };
    const [y, e, x] = ["y", "e", "x"].map(tokenOf) as [number, number, number];
    const sampler = must(c.llama_sampler_init_grammar_lazy(vocab, 'root ::= "ye!"', "root", ["y"], 1, null, 0));
    const allowed = (): boolean[] => {
      const size = sizeOf("llama_token_data");
      const data = new Uint8Array(3 * size);
      for (const [index, id] of [y, e, x].entries())
        writeStruct("llama_token_data", data.subarray(index * size), { id, logit: 1, p: 0 });
      const array = new Uint8Array(sizeOf("llama_token_data_array"));
      writeStruct("llama_token_data_array", array, { data: addressOf(data), size: 3, selected: -1, sorted: false });
      c.llama_sampler_apply(sampler, array);
      return [0, 1, 2].map((index) => new Float32Array(data.buffer)[index * 3 + 1] === 1);
    };
    assert.deepEqual(allowed(), [true, true, true]);
    c.llama_sampler_accept(sampler, x);
    assert.deepEqual(allowed(), [true, true, true]);
    c.llama_sampler_accept(sampler, y);
    assert.deepEqual(allowed(), [false, true, false]);
    c.llama_sampler_free(sampler);
  });

  it("are all here", () => assert.deepEqual([...called].sort(), [...table.deprecated].sort()));
});
