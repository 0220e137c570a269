/** The built package, imported as users do, under every runtime that it promises to run on. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { tinyLlama } from "../support/tiny-models.js";
import { install, root, runtimes } from "./runtime.js";
import type { Runtime } from "./runtime.js";

/** Imports every entry point and says what is mapped into the process then. */
const importing = `
import * as mullama from "mullama";
import * as native from "mullama/native";
import * as gguf from "mullama/gguf";
import { readFileSync } from "node:fs";

const error = new mullama.MullamaError("UNSUPPORTED", "A failure.", { hint: "A hint." });
console.log(JSON.stringify({
  exports: [mullama, native, gguf].map((module) => Object.keys(module).length > 0),
  opened: /libllama|libggml/.test(readFileSync("/proc/self/maps", "utf8")),
  error: [error.name, error.code, error.message, mullama.MullamaError.isInstance(error)],
}));
`;

/** Opens the library and decodes greedily: structs by value, pointers, strings and buffers all cross. */
const decoding = `
import { openLibrary } from "mullama/native";

const { functions: c } = openLibrary();
const model = c.llama_model_load_from_file(process.argv.at(-1), c.llama_model_default_params());
const context = c.llama_init_from_model(model, { ...c.llama_context_default_params(), n_ctx: 64, n_threads: 1 });
const sampler = c.llama_sampler_init_greedy();
const answer = [];
let next = Int32Array.of(1, 5, 7);
while (answer.length < 8) {
  const status = c.llama_decode(context, c.llama_batch_get_one(next, next.length));
  if (status !== 0) throw new Error("llama_decode gave " + status);
  const token = c.llama_sampler_sample(sampler, context, -1);
  answer.push(token);
  next = Int32Array.of(token);
}
c.llama_sampler_free(sampler);
c.llama_free(context);
c.llama_model_free(model);
console.log(JSON.stringify(answer));
`;

/** The engine in the host that is asked for, its files found beside the built package's. */
const generating = `
import { load } from "mullama";

const [path, host] = process.argv.slice(-2);
const model = await load(path, { host, threads: 1 });
const { tokens } = await model.generate([5, 6, 7], { temperature: 0, ignoreEos: true, maxTokens: 8 });
await model.dispose();
console.log(JSON.stringify([...tokens]));
`;

describe("runtimes", () => {
  const folder = mkdtempSync(join(tmpdir(), "mullama-runtimes-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }\n`);
  writeFileSync(join(folder, "importing.js"), importing);
  writeFileSync(join(folder, "decoding.js"), decoding);
  writeFileSync(join(folder, "generating.js"), generating);
  cpSync(join(root, "dist"), join(folder, "node_modules", "mullama", "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "node_modules", "mullama", "package.json"));
  for (const name of readdirSync(join(root, "node_modules")).filter((entry) => !entry.startsWith("."))) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  }

  const run = (runtime: Runtime, program: string, script: string, ...args: string[]): unknown => {
    const options = { cwd: folder, encoding: "utf8", stdio: "pipe", timeout: 60_000 } as const;
    return JSON.parse(execFileSync(program, [...runtime.flags, script, ...args], options));
  };
  const self: Runtime = { name: "this Node", package: "", version: "", program: process.execPath, flags: [] };

  for (const runtime of [self, ...runtimes]) {
    it(`generates under ${runtime.name} in every host`, (t) => {
      const installed = runtime === self ? self : install(runtime);
      if ("missing" in installed) return t.skip(installed.missing);
      const { path } = tinyLlama();
      const expected = run(self, self.program, "generating.js", path, "inline");
      assert.equal((expected as number[]).length, 8);
      for (const host of ["inline", "worker", "child"]) {
        assert.deepEqual(run(runtime, installed.program, "generating.js", path, host), expected, host);
      }
    });
  }

  for (const runtime of runtimes) {
    it(`imports every entry point under ${runtime.name} without opening a library`, (t) => {
      const installed = install(runtime);
      if ("missing" in installed) return t.skip(installed.missing);
      assert.deepEqual(run(runtime, installed.program, "importing.js"), {
        exports: [true, true, true],
        opened: false,
        error: ["MullamaError", "UNSUPPORTED", "A failure. A hint.", true],
      });
    });

    it(`decodes under ${runtime.name} as under this Node`, (t) => {
      const installed = install(runtime);
      if ("missing" in installed) return t.skip(installed.missing);
      const { path } = tinyLlama();
      const expected = run(self, self.program, "decoding.js", path);
      assert.deepEqual(run(runtime, installed.program, "decoding.js", path), expected);
    });
  }
});
