/** The tables against what the installed libraries export. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { undeclaredExports } from "../../src/native/generated/exports.js";
import { functionTables } from "../../src/native/generated/index.js";
import { openLibrary } from "../../src/native/index.js";
import { libraryFile } from "../../src/native/locate.js";

const skip =
  process.platform !== "linux" || spawnSync("nm", ["--version"]).status !== 0
    ? "nm, which lists a library's symbols, is not here"
    : false;

function exportsOf(library: string): string[] {
  const file = libraryFile(openLibrary().directory, library);
  assert.ok(file);
  const lines = execFileSync("nm", ["--dynamic", "--defined-only", file], { encoding: "utf8" }).split("\n");
  return lines
    .map((line) => line.split(" "))
    .flatMap(([, kind, name]) => (kind === "T" && name !== undefined ? [name] : []));
}

describe("exported functions", { skip }, () => {
  it("of libllama with C linkage are exactly llama.h's 241", () => {
    const exported = exportsOf("llama").filter((name) => name.startsWith("llama_"));
    const table = functionTables.find(({ header }) => header === "llama.h");
    assert.ok(table);
    assert.equal(exported.length, 241);
    assert.deepEqual(Object.keys(table.signatures).sort(), exported.sort());
    assert.deepEqual(table.unbound, {});
  });

  it("of ggml are each in a table, or listed with the reason why not", () => {
    const known = new Set([
      ...functionTables.flatMap(({ signatures, unbound }) => [...Object.keys(signatures), ...Object.keys(unbound)]),
      ...Object.keys(undeclaredExports),
    ]);
    for (const library of ["ggml-base", "ggml"]) {
      const names = exportsOf(library).filter((name) => /^(ggml|gguf|quantize|dequantize)_/.test(name));
      assert.ok(names.length > 0);
      assert.deepEqual(
        names.filter((name) => !known.has(name)),
        [],
      );
    }
  });

  it("are in one list only", () => {
    const bound = new Set(functionTables.flatMap(({ signatures }) => Object.keys(signatures)));
    assert.deepEqual(
      Object.keys(undeclaredExports).filter((name) => bound.has(name)),
      [],
    );
  });
});
