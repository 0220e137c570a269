// llama.cpp's own vocabulary files, each with texts and the tokens that they must become.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sourceFolder } from "../../scripts/bindgen/source.js";
import { Detokenizer } from "../../src/llama/detokenizer.js";
import { SCRIPTS } from "../support/scripts.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const SEPARATOR = "\n__ggml_vocab_test__\n";
/** Vocabularies that change the text before they look at it, or lack characters. */
const LOSSY = new Set(["bert-bge", "nomic-bert-moe"]);

const folder = findFolder();
const names =
  folder === undefined
    ? []
    : readdirSync(folder)
        .filter((name) => /^ggml-vocab-.*\.gguf$/.test(name))
        .map((name) => name.slice("ggml-vocab-".length, -".gguf".length));

test(
  "llama.cpp's vocabulary files are there",
  { skip: folder === undefined ? "the source of the pinned llama.cpp cannot be had" : false },
  () => {
    assert.ok(names.length > 10);
  },
);

for (const name of names) {
  const path = join(folder ?? "", `ggml-vocab-${name}.gguf`);
  const golden = existsSync(`${path}.inp`) && existsSync(`${path}.out`);
  const reason = isPointer(path) ? "the file is only a pointer to a large one" : false;

  test(
    `${name}: texts become the tokens that they must`,
    { skip: golden ? reason : "it comes without expected tokens" },
    () => {
      const { vocab, model } = loadVocabulary(path);
      const texts = readFileSync(`${path}.inp`, "utf8").split(SEPARATOR);
      const expected = readFileSync(`${path}.out`, "utf8").split("\n");
      assert.ok(texts.length > 30);
      for (const [index, text] of texts.entries()) {
        const tokens = [...vocab.tokenize(text, { addSpecial: false })];
        assert.deepEqual(tokens, (expected[index] ?? "").split(" ").filter(Boolean).map(Number), JSON.stringify(text));
      }
      model.dispose();
    },
  );

  test(
    `${name}: texts in many scripts come back as they went in`,
    { skip: LOSSY.has(name) ? "it changes the text" : reason },
    () => {
      const { vocab, model } = loadVocabulary(path);
      for (const text of SCRIPTS) {
        const tokens = vocab.tokenize(text, { addSpecial: false });
        const detokenizer = new Detokenizer(vocab);
        const back = Array.from(tokens, (token) => detokenizer.push(token)).join("") + detokenizer.flush();
        assert.equal(back, text);
      }
      model.dispose();
    },
  );
}

function findFolder(): string | undefined {
  try {
    return join(sourceFolder(), "models");
  } catch {
    return undefined;
  }
}

function isPointer(path: string): boolean {
  return readFileSync(path).subarray(0, 4).toString() !== "GGUF";
}
