import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGgufFile, type GgufContent } from "../../src/gguf/index.js";

let directory: string | undefined;
const written = new Map<string, string>();

/** A directory of this process for model files; it goes when the process does. */
export function tinyDirectory(): string {
  if (directory === undefined) {
    const made = mkdtempSync(join(tmpdir(), "mullama-tiny-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    directory = made;
  }
  return directory;
}

/** Writes a file once a process for each kind and options, and returns its path. */
export function cachedGguf(kind: string, options: object, build: () => GgufContent): string {
  const key = `${kind} ${JSON.stringify(options, bigintSafe)}`;
  const known = written.get(key);
  if (known !== undefined) return known;
  const path = join(tinyDirectory(), `${kind}-${written.size}.gguf`);
  writeGgufFile(path, build());
  written.set(key, path);
  return path;
}

function bigintSafe(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
