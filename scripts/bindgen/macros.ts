/** The constants among the headers' macros, evaluated by clang. */
import { type AstNode, clang, dumpAst, includeAll } from "./ast.js";
import { constantOf } from "./api.js";

export interface CConstant {
  readonly name: string;
  readonly value: number | string;
}

const prefixes = ["LLAMA_", "GGML_", "GGUF_", "MTMD_", "RPC_"];

/** Macros that are instructions to a C compiler, not constants. */
const excluded = new Set(["GGML_RESTRICT", "GGML_NORETURN", "GGML_CALL", "MTMD_API"]);

export function readConstants(source: string): CConstant[] {
  const names = macroNames(source);
  const integers = readIntegers(source, names);
  const strings = readStrings(
    source,
    names.filter((name) => !integers.has(name)),
  );
  return names.flatMap((name) => {
    const value = integers.get(name) ?? strings.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** Names of the macros without parameters, in the order in which clang lists them. */
function macroNames(source: string): string[] {
  const lines = clang(source, includeAll(), ["-E", "-dM"]).split("\n");
  const names = lines.map((line) => line.split(" ")[1] ?? "").filter((name) => !name.includes("("));
  return names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)) && !excluded.has(name)).sort();
}

function readIntegers(source: string, names: readonly string[]): Map<string, number> {
  const probes = names.map((name) => `enum { mullama_probe_${name} = (${name}) };\n`);
  const found = new Map<string, number>();
  for (const node of dumpAst(source, includeAll() + probes.join(""), true)) {
    const member = (node.inner ?? []).find((inner) => inner.kind === "EnumConstantDecl");
    const name = probeName(member);
    const value = member === undefined ? undefined : constantOf(member);
    if (name !== undefined && value !== undefined) found.set(name, value);
  }
  return found;
}

function readStrings(source: string, names: readonly string[]): Map<string, string> {
  const probes = names.map((name) => `static const char mullama_probe_${name}[] = ${name};\n`);
  const found = new Map<string, string>();
  for (const node of dumpAst(source, includeAll() + probes.join(""), true)) {
    const name = probeName(node);
    const literal = (node.inner ?? []).find((inner) => inner.kind === "StringLiteral");
    if (name !== undefined && literal?.value !== undefined) found.set(name, JSON.parse(literal.value) as string);
  }
  return found;
}

function probeName(node: AstNode | undefined): string | undefined {
  return node?.name?.startsWith("mullama_probe_") === true ? node.name.slice("mullama_probe_".length) : undefined;
}
