import assert from "node:assert/strict";
import { test } from "node:test";
import { ggufValue } from "../../src/gguf/index.js";
import type { Vocab } from "../../src/llama/vocab.js";
import { SCRIPTS } from "../support/scripts.js";
import { tinyBert, tinyLlama } from "../support/tiny-models.js";
import { tinyBpeVocab } from "../support/tiny-vocab-bpe.js";
import { tinySpmVocab } from "../support/tiny-vocab-spm.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const spm = loadVocabulary(tinyLlama().path).vocab;
const bpe = loadVocabulary(tinyLlama({ vocab: "bpe" }).path).vocab;
const kinds: readonly (readonly [string, Vocab])[] = [
  ["SentencePiece", spm],
  ["byte-level BPE", bpe],
];

for (const [kind, vocab] of kinds) {
  for (const text of SCRIPTS) {
    test(`${kind}: ${JSON.stringify(text)} comes back as it went in`, () => {
      const tokens = vocab.tokenize(text);
      assert.ok(tokens.every((token) => token >= 0 && token < vocab.size));
      assert.equal(vocab.detokenize(tokens, { removeSpecial: true, renderSpecial: true }), text);
    });
  }

  test(`${kind}: text that names a control token stays text, unless parseSpecial is set`, () => {
    const name = "<|im_end|>";
    const plain = vocab.tokenize(name, { addSpecial: false });
    assert.ok(plain.length > 1);
    assert.ok(plain.every((token) => !vocab.isControl(token)));
    const parsed = vocab.tokenize(name, { addSpecial: false, parseSpecial: true });
    assert.deepEqual([...parsed], [vocab.eot]);
    assert.equal(vocab.detokenize(parsed), "");
    assert.equal(vocab.detokenize(parsed, { renderSpecial: true }), name);
  });

  test(`${kind}: no text with any control token's name gives a control token by default`, () => {
    const control = Array.from({ length: vocab.size }, (_, token) => token).filter((token) => vocab.isControl(token));
    assert.ok(control.length > 10);
    for (const token of control)
      assert.ok(!vocab.tokenize(`a${vocab.text(token)}b`, { addSpecial: false }).some((one) => vocab.isControl(one)));
  });

  test(`${kind}: addSpecial puts a BOS first, and is the default`, () => {
    assert.equal(vocab.addBos, true);
    assert.equal(vocab.tokenize("hello")[0], vocab.bos);
    assert.deepEqual([...vocab.tokenize("hello", { addSpecial: false })], [...vocab.tokenize("hello").subarray(1)]);
  });

  test(`${kind}: half a surrogate pair becomes U+FFFD`, () => {
    assert.equal(
      vocab.detokenize(vocab.tokenize("a\ud800b", { addSpecial: false }), { removeSpecial: true }).trimStart(),
      "a\ufffdb",
    );
    assert.equal(vocab.detokenize(vocab.tokenize("\udc00"), { removeSpecial: true }), "\ufffd");
  });

  test(`${kind}: five megabytes come back as they went in`, () => {
    const text = "the world and héllo 世界\n".repeat(200_000);
    const tokens = vocab.tokenize(text);
    assert.ok(tokens.length > 1_000_000);
    assert.equal(vocab.detokenize(tokens, { removeSpecial: true }), text);
  });

  test(`${kind}: every special token is found, and none is made up`, () => {
    const { special } = (kind === "SentencePiece" ? tinySpmVocab : tinyBpeVocab)();
    const { bos, eos, eot, sep, pad, mask } = special;
    assert.deepEqual(
      [vocab.bos, vocab.eos, vocab.eot, vocab.sep, vocab.pad, vocab.mask],
      [bos, eos, eot, sep, pad, mask],
    );
    const { fimPre, fimSuf, fimMid, fimPad, fimRep, fimSep } = special;
    assert.deepEqual(vocab.fim, { pre: fimPre, suf: fimSuf, mid: fimMid, pad: fimPad, rep: fimRep, sep: fimSep });
    assert.equal(new TextDecoder().decode(vocab.piece(vocab.nl ?? -1)), "\n");
    assert.deepEqual([...vocab.suppressed], [pad, mask]);
    assert.ok(vocab.isEog(eos) && vocab.isEog(eot) && !vocab.isEog(bos));
    assert.equal(vocab.addEos, false);
    assert.equal(vocab.addSep, false);
  });
}

test("SentencePiece's sign for a space is read as a space", () => {
  assert.equal(spm.detokenize(spm.tokenize("▁a▁b"), { removeSpecial: true }), " a b");
});

test("detokenize leaves out spaces before punctuation where the model asks for it", () => {
  assert.equal(bpe.detokenize(bpe.tokenize("so , what ?"), { removeSpecial: true }), "so, what?");
});

test("a token has its text, score and attributes", () => {
  const [hello] = spm.tokenize("hello", { addSpecial: false });
  assert.ok(hello !== undefined);
  assert.equal(spm.text(hello), "▁hello");
  assert.ok(spm.score(hello) < 0);
  assert.deepEqual([...spm.attributes(hello)], ["normal"]);
  assert.deepEqual([...spm.attributes(0)], ["unknown"]);
  assert.deepEqual([...spm.attributes(spm.bos ?? -1)], ["control"]);
  const [, byte] = spm.tokenize("\u0001", { addSpecial: false });
  assert.ok(byte !== undefined && spm.attributes(byte).has("byte"));
  assert.equal(spm.text(byte), "<0x01>");
});

test("a piece is bytes, without up to leftStrip spaces and without control tokens", () => {
  const [hello] = spm.tokenize("hello", { addSpecial: false });
  assert.ok(hello !== undefined);
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  assert.equal(text(spm.piece(hello)), " hello");
  assert.equal(text(spm.piece(hello, { leftStrip: 1 })), "hello");
  assert.equal(spm.piece(spm.bos ?? -1).length, 0);
  assert.equal(text(spm.piece(spm.bos ?? -1, { renderSpecial: true })), "<s>");
  assert.equal(bpe.piece(bpe.tokenize("é", { addSpecial: false })[0] ?? -1).length, 1);
});

test("types are told apart", () => {
  assert.equal(spm.type, "spm");
  assert.equal(bpe.type, "bpe");
  assert.equal(loadVocabulary(tinyBert().path).vocab.type, "wpm");
});

test("WordPiece puts its CLS and SEP around a text", () => {
  const { vocab } = loadVocabulary(tinyBert().path);
  const tokens = vocab.tokenize("hello world");
  assert.equal(tokens[0], vocab.bos);
  assert.equal(tokens.at(-1), vocab.sep);
});

test("a model without a tokenizer has a size, and refuses text", () => {
  const path = tinyLlama({ metadata: { "tokenizer.ggml.model": ggufValue.string("no_vocab") } }).path;
  const { vocab } = loadVocabulary(path);
  assert.equal(vocab.type, "none");
  assert.equal(vocab.bos, undefined);
  for (const use of [
    () => vocab.tokenize("a"),
    () => vocab.detokenize([1]),
    () => vocab.text(1),
    () => vocab.piece(1),
    () => vocab.isControl(1),
    () => vocab.attributes(1),
  ]) {
    assert.throws(use, { code: "UNSUPPORTED" });
  }
});

test("a byte that the vocabulary lacks is refused, and the process lives", () => {
  const tokens = tinySpmVocab().metadata["tokenizer.ggml.tokens"];
  assert.ok(tokens !== undefined);
  const names = (tokens as unknown as { value: readonly string[] }).value.map((name) =>
    name.startsWith("<0x") ? `gone${name}` : name,
  );
  const { vocab } = loadVocabulary(
    tinyLlama({ metadata: { "tokenizer.ggml.tokens": ggufValue.array("string", names) } }).path,
  );
  assert.equal(vocab.detokenize(vocab.tokenize("hello"), { removeSpecial: true }), "hello");
  assert.throws(() => vocab.tokenize("é"), { code: "TOKENIZE_FAILED" });
  assert.equal(vocab.tokenize("hello", { addSpecial: false }).length, 1);
});

test("wrong arguments are refused, and normal use still works", () => {
  const wrong: readonly (() => unknown)[] = [
    () => spm.tokenize(1 as never),
    () => spm.tokenize("a", { addspecial: true } as never),
    () => spm.tokenize("a", { addSpecial: 1 } as never),
    () => spm.detokenize([-1]),
    () => spm.detokenize([spm.size]),
    () => spm.detokenize([1.5]),
    () => spm.detokenize("a" as never),
    () => spm.text(spm.size),
    () => spm.text(-1),
    () => spm.score(Number.NaN),
    () => spm.isEog(1e12),
    () => spm.isControl(0.5),
    () => spm.piece(spm.size),
    () => spm.piece(1, { leftStrip: -1 }),
    () => spm.attributes(Infinity),
  ];
  for (const use of wrong) {
    assert.throws(use, { code: "ARGUMENT_INVALID" });
    assert.equal(spm.tokenize("hello", { addSpecial: false }).length, 1);
  }
});

test("every use after the model's disposal is refused", () => {
  const { vocab, model } = loadVocabulary(tinyLlama().path);
  const uses: Readonly<Record<string, () => unknown>> = {
    tokenize: () => vocab.tokenize("a"),
    detokenize: () => vocab.detokenize([5]),
    piece: () => vocab.piece(5),
    text: () => vocab.text(5),
    score: () => vocab.score(5),
    attributes: () => vocab.attributes(5),
    isControl: () => vocab.isControl(5),
    isEog: () => vocab.isEog(5),
    bos: () => vocab.bos,
    eos: () => vocab.eos,
    eot: () => vocab.eot,
    sep: () => vocab.sep,
    nl: () => vocab.nl,
    pad: () => vocab.pad,
    mask: () => vocab.mask,
    fim: () => vocab.fim,
    addBos: () => vocab.addBos,
    addEos: () => vocab.addEos,
    addSep: () => vocab.addSep,
    suppressed: () => vocab.suppressed,
  };
  for (const use of Object.values(uses)) use();
  model.dispose();
  for (const [name, use] of Object.entries(uses)) assert.throws(use, { code: "DISPOSED" }, name);
  assert.ok(vocab.size > 0);
});
