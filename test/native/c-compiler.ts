/** The machine's C compiler, where it has one. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { includeFolders } from "../../scripts/bindgen/ast.js";
import { sourceFolder } from "../../scripts/bindgen/source.js";

/** Its name, or undefined where there is none. */
const compiler: string | undefined = [process.env["CC"], "cc", "clang", "gcc"].find(
  (name) => name !== undefined && name !== "" && spawnSync(name, ["--version"]).status === 0,
);

/** The reason to skip a test that needs a compiler, or false. */
export const noCompiler: string | false =
  compiler === undefined ? "no C compiler (cc, clang or gcc) on this machine" : false;

/** Compiles a C program against the pinned headers and returns what it prints. */
export function runC(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "mullama-c-"));
  try {
    const program = join(folder, "program");
    compileC(
      text,
      program,
      includeFolders(sourceFolder()).flatMap((path) => ["-I", path]),
    );
    return execFileSync(program, { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiles C text into the file `output`. */
export function compileC(text: string, output: string, flags: readonly string[]): void {
  const source = `${output}.c`;
  writeFileSync(source, text);
  execFileSync(compiler ?? "cc", ["-std=c11", "-w", ...flags, source, "-o", output]);
  rmSync(source);
}
