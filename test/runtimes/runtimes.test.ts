/** The built package, imported as users do, under every runtime that it promises to run on. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { install, root, runtimes } from "./runtime.js";

const script = `
import * as mullama from "mullama";
import * as native from "mullama/native";
import * as gguf from "mullama/gguf";
import { readFileSync } from "node:fs";

const mapped = process.platform === "linux" ? readFileSync("/proc/self/maps", "utf8") : "";
const error = new mullama.MullamaError("UNSUPPORTED", "A failure.", { hint: "A hint." });
console.log(JSON.stringify({
  exports: [mullama, native, gguf].map((module) => Object.keys(module).length > 0),
  opened: /libllama|libggml/.test(mapped),
  error: [error.name, error.code, error.message, mullama.MullamaError.isInstance(error)],
}));
`;

describe("runtimes", () => {
  const folder = mkdtempSync(join(tmpdir(), "mullama-runtimes-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }\n`);
  writeFileSync(join(folder, "main.js"), script);
  cpSync(join(root, "dist"), join(folder, "node_modules", "mullama", "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "node_modules", "mullama", "package.json"));
  for (const name of ["koffi", "@koromix", "@node-llama-cpp", "@huggingface", "commander", "yauzl", "pend"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  }

  for (const runtime of runtimes) {
    it(`imports every entry point under ${runtime.name} without opening a library`, (t) => {
      const installed = install(runtime);
      if ("missing" in installed) return t.skip(installed.missing);
      const output = execFileSync(installed.program, [...runtime.flags, "main.js"], { cwd: folder, encoding: "utf8" });
      assert.deepEqual(JSON.parse(output), {
        exports: [true, true, true],
        opened: false,
        error: ["MullamaError", "UNSUPPORTED", "A failure. A hint.", true],
      });
    });
  }
});
