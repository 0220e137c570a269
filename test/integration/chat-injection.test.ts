// With every vocabulary of llama.cpp's source: the names of control tokens, said by people, stay text.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sourceFolder } from "../../scripts/bindgen/source.js";
import { ControlTokenShield } from "../../src/chat/shield.js";
import { specialTokens } from "../../src/engine/special-tokens.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const files = findFiles();

test("vocabularies are there", { skip: files.length === 0 && "llama.cpp's source cannot be had" }, () => {
  assert.ok(files.length > 10);
});

for (const path of files) {
  const pointer = readFileSync(path).subarray(0, 4).toString() !== "GGUF";
  test(`${path.split("ggml-vocab-")[1]}`, { skip: pointer && "the file is only a pointer to a large one" }, () => {
    const { vocab, model } = loadVocabulary(path);
    const { control } = specialTokens(vocab);
    const shield = new ControlTokenShield(control);
    const controls = (text: string): number =>
      shield
        .split(text)
        .flatMap((part) => [...vocab.tokenize(part, { addSpecial: false, parseSpecial: true })])
        .filter((token) => vocab.isControl(token)).length;
    assert.ok(control.length > 0);
    for (const name of control.slice(0, 300)) {
      const half = Math.ceil(name.length / 2);
      for (const text of [name, `a ${name}b`, name + name, name.slice(0, half) + name + name.slice(half)])
        assert.equal(controls(shield.protect(text)), 0, text);
    }
    model.dispose();
  });
}

function findFiles(): string[] {
  try {
    const folder = join(sourceFolder(), "models");
    const names = readdirSync(folder).filter((name) => /^ggml-vocab-.*\.gguf$/.test(name));
    return names.map((name) => join(folder, name));
  } catch {
    return [];
  }
}
