/** Runs small programs against the compiled package, each in a process of its own. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `build/src/native/index.js` and its like, as addresses for `import`. */
export const nativeModule: string = new URL("../../src/native/index.js", import.meta.url).href;

/** Runs a program, an ES module, and returns what came of it. */
export function runProgram(text: string, environment: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", text], {
    encoding: "utf8",
    env: { ...process.env, MULLAMA_LIBRARY_DIR: "", MULLAMA_BACKEND: "", ...environment },
    timeout: 300_000,
  });
}

/** What a program prints, as JSON; it fails with the program's own words. */
export function askProgram(text: string, environment: Record<string, string> = {}): unknown {
  const { status, signal, stdout, stderr } = runProgram(text, environment);
  if (status !== 0) throw new Error(`the program ended with ${status ?? signal}:\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** Hands a new folder to `use`, and removes it. */
export function withFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "mullama-native-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a file into a folder and returns its path. */
export function writeInto(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
