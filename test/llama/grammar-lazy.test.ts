import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import { tinyLlama } from "../support/tiny-models.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const { vocab } = loadVocabulary(tinyLlama().path);
const START = vocab.tokenize("<|im_start|>", { addSpecial: false, parseSpecial: true })[0] ?? -1;

const byText = new Map(Array.from({ length: vocab.size }, (_, token) => [vocab.text(token), token]));

function countAllowed(sampler: Sampler): number {
  const candidates = Candidates.fromLogits(new Float32Array(vocab.size));
  sampler.apply(candidates);
  return [...candidates.logits].filter((logit) => logit !== -Infinity).length;
}

function acceptText(sampler: Sampler, text: string): void {
  for (const character of text) sampler.accept(byText.get(character === " " ? "▁" : character) ?? -1);
}

const kinds = {
  "by a token": () => Sampler.grammarLazy(vocab, 'root ::= <|im_start|> "ab"', { tokens: [START] }),
  "by a token, beside patterns": () =>
    Sampler.grammarLazy(vocab, 'root ::= <|im_start|> "ab"', { tokens: [START], patterns: [/never/] }),
};

for (const [kind, make] of Object.entries(kinds)) {
  test(`a grammar sleeps until woken ${kind}`, () => {
    const sampler = make();
    assert.equal(countAllowed(sampler), vocab.size);
    acceptText(sampler, "hello");
    assert.equal(countAllowed(sampler), vocab.size);
    sampler.accept(START);
    assert.equal(countAllowed(sampler), 2);
    assert.throws(() => acceptText(sampler, "x"), { code: "GRAMMAR_REJECTED" });
    const clone = sampler.clone();
    acceptText(sampler, "ab");
    assert.equal(countAllowed(clone), 2);
    sampler.reset();
    assert.equal(countAllowed(sampler), vocab.size);
    acceptText(clone, "ab");
  });
}

test("a pattern wakes a grammar, which begins with the first group", () => {
  const sampler = Sampler.grammarLazy(vocab, 'root ::= "{" [0-9]+ "}"', { patterns: [/call:\s*(\{)/] });
  acceptText(sampler, "a call: ");
  assert.equal(countAllowed(sampler), vocab.size);
  acceptText(sampler, "{");
  // Ten digits, each as a character and as a byte.
  assert.equal(countAllowed(sampler), 20);
  acceptText(sampler, "12}");
  assert.ok(countAllowed(sampler) < 10);
});

test("a pattern without a group begins the grammar with the whole match", () => {
  const sampler = Sampler.grammarLazy(vocab, 'root ::= "xy" "z"', { patterns: [/xy/g] });
  acceptText(sampler, "abxy");
  assert.equal(countAllowed(sampler), 2);
});

test("a grammar can begin inside of a token", () => {
  const sampler = Sampler.grammarLazy(vocab, 'root ::= "llo" "!"', { patterns: [/he(llo)/] });
  sampler.accept(vocab.tokenize("hello", { addSpecial: false })[0] ?? -1);
  assert.equal(countAllowed(sampler), 2);
});

test("a text that wakes the grammar but does not fit it is refused", () => {
  const sampler = Sampler.grammarLazy(vocab, 'root ::= "never"', { patterns: [/(a)b/] });
  acceptText(sampler, "a");
  assert.throws(() => acceptText(sampler, "b"), { code: "GRAMMAR_REJECTED" });
  assert.equal(countAllowed(sampler), vocab.size);
  acceptText(sampler, "c");
});

test("a clone sleeps by itself and wakes by itself", () => {
  const sampler = Sampler.grammarLazy(vocab, 'root ::= "b" "c"', { patterns: [/a(b)/] });
  acceptText(sampler, "a");
  const clone = Sampler.chain().add(sampler.clone());
  acceptText(clone, "b");
  assert.equal(countAllowed(clone), 2);
  assert.equal(countAllowed(sampler), vocab.size);
  sampler.dispose();
  const copy = clone.clone();
  clone.dispose();
  assert.equal(countAllowed(copy), 2);
});

test("long texts and costly patterns are survived while the grammar sleeps", () => {
  const sampler = Sampler.grammarLazy(vocab, 'root ::= "x"', { patterns: [/[\s\S]*?(never)[\s\S]*/] });
  const [token = -1] = vocab.tokenize("hello", { addSpecial: false });
  for (let i = 0; i < 3000; i++) sampler.accept(token);
  assert.equal(countAllowed(sampler), vocab.size);
});

test("triggers that cannot work are refused", () => {
  const make = (options: object) => (): unknown => Sampler.grammarLazy(vocab, 'root ::= "ab"', options);
  for (const use of [
    make({}),
    make({ tokens: [] }),
    make({ tokens: [START] }),
    make({ tokens: [vocab.size] }),
    make({ patterns: ["a"] }),
    make({ words: ["a"] }),
  ]) {
    assert.throws(use, { code: "ARGUMENT_INVALID" });
  }
  assert.throws(() => Sampler.grammarLazy(vocab, "root ::= (", { patterns: [/a/] }), { code: "GRAMMAR_INVALID" });
  assert.throws(() => Sampler.grammarLazy(vocab, "root ::= (", { tokens: [1] }), { code: "GRAMMAR_INVALID" });
});
