/** The real model through the quantizer: each step loads, and still knows English. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { Model, quantize, quantizeAsync } from "../../src/llama/index.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();
const path = "path" in found ? found.path : "";
const skip = "missing" in found ? found.missing : false;
const TEXT = "The sun is a star. The Earth moves around the sun once a year, and the moon moves around the Earth.";

/** The mean negative log-likelihood of the text's tokens. */
function loss(model: Model): number {
  const tokens = model.vocab.tokenize(TEXT);
  using context = model.createContext({ contextSize: 256, threads: 2 });
  let sum = 0;
  for (const [index, token] of Array.from(tokens).entries()) {
    context.decode([token]);
    const next = tokens[index + 1];
    if (next === undefined) break;
    const logits = context.logits().toFloat32Array();
    const largest = logits.reduce((one, other) => Math.max(one, other));
    const normalizer = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    sum += Math.log(normalizer) + largest - (logits[next] ?? NaN);
  }
  return sum / (tokens.length - 1);
}

it("F16, Q8_0 and Q4_K_M of the model load and know as much English, the smaller the less", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "mullama-quantize-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string): string => join(folder, `${name}.gguf`);
  quantize({ input: path, output: file("F16"), type: "F16", allowRequantize: true, threads: 2 });
  quantize({ input: file("F16"), output: file("Q8_0"), type: "Q8_0", threads: 2 });
  await quantizeAsync({ input: file("F16"), output: file("Q4_K_M"), type: "Q4_K_M", threads: 2 });
  const losses = ["F16", "Q8_0", "Q4_K_M"].map((name) => {
    using model = Model.load(file(name));
    return loss(model);
  });
  using original = Model.load(path);
  const reference = loss(original);
  assert.ok(reference < 3, `the original's loss is ${reference}`);
  const [f16 = NaN, q8 = NaN, q4 = NaN] = losses;
  // F16 holds the same numbers as the Q4_1 file that it was made of.
  assert.ok(Math.abs(f16 - reference) < 0.05, `F16 ${f16}, original ${reference}`);
  assert.ok(Math.abs(q8 - reference) < 0.05, `Q8_0 ${q8}, original ${reference}`);
  assert.ok(Math.abs(q4 - reference) < 0.5, `Q4_K_M ${q4}, original ${reference}`);
  const sizes = ["F16", "Q8_0", "Q4_K_M"].map((name) => statSync(file(name)).size);
  assert.deepEqual(
    sizes,
    sizes.toSorted((one, other) => other - one),
  );
});
