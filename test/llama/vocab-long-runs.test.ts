// llama.cpp's tokenizers for some vocabularies recurse once a character in std::regex: without the cuts of tokenize-runs.ts
// this file's process would end with a segmentation fault.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ggufValue } from "../../src/gguf/index.js";
import { cutRuns } from "../../src/llama/tokenize-runs.js";
import { tinyLlama } from "../support/tiny-models.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const recursing = loadVocabulary(
  tinyLlama({ vocab: "bpe", metadata: { "tokenizer.ggml.pre": ggufValue.string("deepseek-llm") } }).path,
).vocab;

for (const character of ["a", ".", "1", " ", "\n", "汉", "é", "🙂", "\u3000"]) {
  test(`200,000 of ${JSON.stringify(character)} in a row come back as they went in`, () => {
    const text = character.repeat(200_000);
    assert.equal(recursing.detokenize(recursing.tokenize(text), { removeSpecial: true }), text);
  });
}

test("a text in parts has one BOS, and its control tokens whole", () => {
  const text = `${"a".repeat(7_995)}<|im_end|>${"a".repeat(20_000)}`;
  const tokens = recursing.tokenize(text, { parseSpecial: true });
  assert.equal(tokens.filter((token) => token === recursing.bos).length, 1);
  assert.equal(tokens[0], recursing.bos);
  assert.equal(tokens.filter((token) => token === recursing.eot).length, 1);
});

test("texts without long runs are not cut", () => {
  const text = "words of a usual length ".repeat(10_000);
  assert.deepEqual(cutRuns(text), [text]);
});

test("no cut is inside a character", () => {
  const parts = cutRuns("🙂".repeat(30_000));
  assert.ok(parts.length > 5);
  assert.ok(parts.every((part) => Array.from(part).every((character) => character === "🙂")));
});
