/** The declarations of the pinned headers, as clang's JSON syntax tree tells them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** The headers that are bound, in the order in which their files are generated. */
export const headers: readonly string[] = [
  "ggml.h",
  "ggml-alloc.h",
  "ggml-backend.h",
  "ggml-cpu.h",
  "ggml-opt.h",
  "ggml-rpc.h",
  "gguf.h",
  "llama.h",
  "mtmd.h",
  "mtmd-helper.h",
];

/** A node of clang's `-ast-dump=json`, as far as we read it. */
export interface AstNode {
  readonly id: string;
  readonly kind: string;
  readonly name?: string;
  readonly loc?: AstLocation & { readonly expansionLoc?: AstLocation };
  readonly type?: { readonly qualType: string };
  readonly tagUsed?: "struct" | "union";
  readonly completeDefinition?: boolean;
  readonly storageClass?: string;
  readonly variadic?: boolean;
  readonly value?: string;
  readonly inner?: readonly AstNode[];
}

interface AstLocation {
  readonly file?: string;
}

/** A top-level declaration and the header that it stands in. */
export interface Declaration {
  readonly header: string;
  readonly node: AstNode;
}

export function includeFolders(source: string): string[] {
  return ["include", "ggml/include", "tools/mtmd"].map((folder) => join(source, folder));
}

export function includeAll(): string {
  return headers.map((header) => `#include "${header}"\n`).join("");
}

/** Runs clang over C text that sees the pinned headers. */
export function clang(source: string, code: string, args: readonly string[], tolerant = false): string {
  const folder = mkdtempSync(join(tmpdir(), "mullama-bindgen-"));
  const file = join(folder, "input.c");
  writeFileSync(file, code);
  const flags = ["-x", "c", "-std=c11", "-w", ...includeFolders(source).flatMap((path) => ["-I", path]), ...args, file];
  try {
    return execFileSync(process.env["CLANG"] ?? "clang", flags, {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", tolerant ? "ignore" : "inherit"],
    });
  } catch (error) {
    const output = (error as { stdout?: string }).stdout;
    if (tolerant && output !== undefined && output !== "") return output;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function dumpAst(source: string, code: string, tolerant = false): readonly AstNode[] {
  const json = clang(source, code, ["-fsyntax-only", "-ferror-limit=0", "-Xclang", "-ast-dump=json"], tolerant);
  return (JSON.parse(json) as AstNode).inner ?? [];
}

/** All top-level declarations of the bound headers, each with its header's name. */
export function readDeclarations(source: string): Declaration[] {
  // clang writes a file name only where it differs from the one before.
  let file = "";
  const found: Declaration[] = [];
  for (const node of dumpAst(source, includeAll())) {
    file = lastFile(node) ?? file;
    const header = basename(file);
    if (file.startsWith(source) && headers.includes(header)) found.push({ header, node });
  }
  return found;
}

function lastFile(node: AstNode): string | undefined {
  return node.loc?.expansionLoc?.file ?? node.loc?.file;
}
