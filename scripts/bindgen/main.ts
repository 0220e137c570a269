/**
 * Writes `src/native/generated/` from the headers of the pinned llama.cpp release.
 *
 *   npm run bindgen              write the files
 *   npm run bindgen -- --check   compare with the committed ones, exit 1 when they differ
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { headers, readDeclarations } from "./ast.js";
import { readApi } from "./api.js";
import { emit } from "./emit.js";
import { readExports } from "./exports.js";
import { readConstants } from "./macros.js";
import { readPin, root, sourceFolder } from "./source.js";

const folder = join(root, "src/native/generated");
const pin = readPin();
const source = sourceFolder(pin);
const api = readApi(readDeclarations(source));
const undeclared = readExports(api, headers, join(folder, "exports.ts"));
const files = emit(api, readConstants(source), undeclared, headers, pin);

if (process.argv.includes("--check")) check();
else write();

function write(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  console.log(
    `${api.functions.length} functions, ${api.records.length} structs, ${api.enums.length} enums, ${api.callbacks.length} callbacks of llama.cpp ${pin.release}`,
  );
}

function check(): void {
  const names = new Set([...files.keys(), ...readdirSync(folder)]);
  const different = [...names].filter((name) => files.get(name) !== readCommitted(name));
  if (different.length === 0) console.log(`src/native/generated is what the headers of llama.cpp ${pin.release} give`);
  else {
    console.error(
      `src/native/generated differs from what the headers give: ${different.join(", ")}. Run \`npm run bindgen\` and read the diff.`,
    );
    process.exitCode = 1;
  }
}

function readCommitted(name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}
