// llama.cpp ends the process on many a grammar; a crash shows only as the end of a process, so this starts one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

test("three thousand damaged grammars are refused or used, and none ends the process", () => {
  const output = execFileSync(
    process.execPath,
    [join(import.meta.dirname, "../support/grammar-fuzz.js"), "3000", "1"],
    { encoding: "utf8", timeout: 240_000, stdio: ["ignore", "pipe", "inherit"] },
  );
  const counts = JSON.parse(output) as { accepted: number; refused: number; slow: number };
  assert.equal(counts.accepted + counts.refused, 3000);
  assert.ok(counts.accepted > 300 && counts.refused > 300, output);
  assert.equal(counts.slow, 0);
});
