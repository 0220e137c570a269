import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Compares a text with the file that holds it, in `test/`. With `UPDATE_GOLDEN=1` in the environment the file is written
 * instead.
 */
export function assertGolden(name: string, text: string): void {
  // From the compiled `build/test/support/`.
  const path = fileURLToPath(new URL(`../../../test/${name}`, import.meta.url));
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"), `${name} differs; UPDATE_GOLDEN=1 writes it anew`);
}
