/** Damaged adapter and control-vector files: each is refused with a typed error or loads; the process lives. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { it } from "node:test";
import { tinyControlVector, tinyLlama, tinyLora } from "../support/tiny-models.js";

const library = new URL("../../src/llama/index.js", import.meta.url).href;
const ROUNDS = 400;

/** Flips bytes in the header, or cuts the file; prints the seed before each, so that a crash names it. */
const program = `
  const { readFileSync, writeFileSync, mkdtempSync, rmSync } = await import("node:fs");
  const { ControlVector, LoraAdapter, Model } = await import(${JSON.stringify(library)});
  const [model, lora, vector, rounds] = process.argv.slice(1);
  const loaded = Model.load(model);
  const context = loaded.createContext({ contextSize: 256, threads: 1 });
  const folder = mkdtempSync((await import("node:os")).tmpdir() + "/mullama-fuzz-");
  const file = folder + "/damaged.gguf";
  let state = 1;
  const random = (n) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state % n; };
  const counts = { ok: 0, refused: 0 };
  for (let round = 0; round < Number(rounds); round++) {
    state = round + 1;
    const isLora = round % 2 === 0;
    let bytes = readFileSync(isLora ? lora : vector);
    const header = isLora ? 3000 : 400;
    for (let i = 0; i <= random(4); i++) bytes[random(Math.min(header, bytes.length))] = random(256);
    if (random(5) === 0) bytes = bytes.subarray(0, random(bytes.length));
    writeFileSync(file, bytes);
    process.stderr.write(round + "\\n");
    try {
      if (isLora) {
        const adapter = LoraAdapter.load(loaded, file);
        adapter.metadataEntries(); adapter.invocationTokens;
        context.setAdapters([{ adapter }]);
        context.decode([1]);
        context.setAdapters([]);
        adapter.dispose();
      } else {
        context.setControlVector(ControlVector.load(file));
        context.decode([1]);
        context.setControlVector(undefined);
      }
      context.memory.clear(false);
      counts.ok++;
    } catch (error) {
      if (typeof error.code !== "string" || error.name === "Error") throw error;
      counts.refused++;
    }
  }
  rmSync(folder, { recursive: true });
  console.log(JSON.stringify(counts));
`;

it(`${ROUNDS} damaged files end no process`, () => {
  const model = tinyLlama();
  const args = [model.path, tinyLora(model), tinyControlVector(model).path, String(ROUNDS)];
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", program, ...args],
    {
      encoding: "utf8",
      timeout: 120_000,
    },
  );
  assert.equal(status, 0, `ended by ${signal ?? status} after ${stderr.slice(-400)}`);
  const { ok, refused } = JSON.parse(stdout) as { ok: number; refused: number };
  assert.equal(ok + refused, ROUNDS);
  assert.ok(refused > ROUNDS / 4, `only ${refused} were refused`);
});
