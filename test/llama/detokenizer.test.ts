import assert from "node:assert/strict";
import { test } from "node:test";
import { Detokenizer } from "../../src/llama/detokenizer.js";
import { SCRIPTS } from "../support/scripts.js";
import { tinyLlama } from "../support/tiny-models.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const vocabularies = {
  SentencePiece: loadVocabulary(tinyLlama().path).vocab,
  BPE: loadVocabulary(tinyLlama({ vocab: "bpe" }).path).vocab,
};

for (const [kind, vocab] of Object.entries(vocabularies)) {
  for (const renderSpecial of [false, true]) {
    test(`${kind}: what is pushed adds up to what detokenize gives, ${renderSpecial ? "with" : "without"} control tokens`, () => {
      for (const text of SCRIPTS) {
        for (const parseSpecial of [false, true]) {
          const tokens = vocab.tokenize(text, { addSpecial: false, parseSpecial });
          const detokenizer = new Detokenizer(vocab, { renderSpecial });
          const pushed = Array.from(tokens, (token) => detokenizer.push(token)).join("") + detokenizer.flush();
          assert.equal(pushed, vocab.detokenize(tokens, { renderSpecial }), text);
        }
      }
    });
  }

  test(`${kind}: nothing is pushed before its character is whole`, () => {
    const tokens = vocab.tokenize("🙂🙂", { addSpecial: false });
    const detokenizer = new Detokenizer(vocab, { textStart: false });
    const pushed = Array.from(tokens, (token) => detokenizer.push(token)).filter((text) => text !== "" && text !== " ");
    assert.deepEqual(pushed, ["🙂", "🙂"]);
    assert.equal(detokenizer.flush(), "");
  });

  test(`${kind}: flush ends an unfinished character with U+FFFD and starts anew`, () => {
    const tokens = vocab.tokenize("🙂", { addSpecial: false });
    const detokenizer = new Detokenizer(vocab);
    for (const token of tokens.subarray(0, -1)) assert.equal(detokenizer.push(token), "");
    assert.equal(detokenizer.flush(), "\ufffd");
    assert.equal(Array.from(tokens, (token) => detokenizer.push(token)).join(""), "🙂");
  });
}

test("textStart: false keeps the space before the first word", () => {
  const vocab = vocabularies.SentencePiece;
  const [hello = -1] = vocab.tokenize("hello", { addSpecial: false });
  assert.equal(new Detokenizer(vocab).push(hello), "hello");
  assert.equal(new Detokenizer(vocab, { textStart: false }).push(hello), " hello");
});

test("a byte order mark is kept", () => {
  const vocab = vocabularies.BPE;
  const detokenizer = new Detokenizer(vocab);
  assert.equal(
    Array.from(vocab.tokenize("\uFEFFa", { addSpecial: false }), (token) => detokenizer.push(token)).join(""),
    "\uFEFFa",
  );
});

test("wrong tokens, unknown options and a disposed model are refused", () => {
  const { vocab, model } = loadVocabulary(tinyLlama().path);
  const detokenizer = new Detokenizer(vocab);
  for (const token of [-1, vocab.size, 0.5, Number.NaN])
    assert.throws(() => detokenizer.push(token), { code: "ARGUMENT_INVALID" });
  assert.throws(() => new Detokenizer(vocab, { special: true } as never), { code: "ARGUMENT_INVALID" });
  assert.equal(detokenizer.push(vocab.tokenize("hello", { addSpecial: false })[0] ?? -1), "hello");
  model.dispose();
  assert.throws(() => detokenizer.push(5), { code: "DISPOSED" });
});
