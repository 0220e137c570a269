/** Electron forbids views of memory that is not JavaScript's: everything has to work on copies there. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { tinyLlama } from "../support/tiny-models.js";

const library = fileURLToPath(new URL("../../src/index.js", import.meta.url));

const program = `
const [electron, model] = process.argv.slice(1);
if (electron === "yes") {
  Object.defineProperty(process.versions, "electron", { value: "40.0.0" });
  const { default: koffi } = await import("koffi");
  koffi.view = () => { throw new Error("External buffers are not allowed"); };
}
const { Batch, Model, Sampler } = await import(${JSON.stringify(library)});
const context = Model.load(model).createContext({ contextSize: 256, maxSequences: 2, kvUnified: true, threads: 1 });
const batch = new Batch({ capacity: 4, sequencesPerToken: 2 });
[5, 6, 7, 8].forEach((token, position) => batch.add(token, { position, sequences: [0, 1], output: position === 3 }));
context.decode(batch);
const plusOne = Sampler.custom({ name: "last", apply: (candidates) => candidates.select(candidates.size - 1) });
const chain = Sampler.chain().add(plusOne);
console.log(JSON.stringify([context.logits().toFloat32Array().slice(0, 8), chain.sample(context), Sampler.chain().greedy().sample(context)]));
`;

function run(electron: "yes" | "no"): string {
  const { path } = tinyLlama();
  return execFileSync(process.execPath, ["--input-type=module", "-e", program, electron, path], { encoding: "utf8" });
}

it("what is read and written is the same where the runtime forbids views of C's memory", () => {
  const expected = run("no");
  assert.match(expected, /\d/);
  assert.equal(run("yes"), expected);
});
