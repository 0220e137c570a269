/** C symbols that the installed libraries export and no bound header declares. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CApi } from "./api.js";

/** The first rule that matches gives the reason. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^ggml_compute_forward_/, "a CPU kernel's entry, internal to the CPU backend"],
  [/^(de)?quantize_/, "a row kernel of ggml-quants.h, internal; reached through ggml_quantize_chunk and type traits"],
  [/^(iq\d|ggml_iq)/, "tables of ggml-quants.h, internal"],
  [/^ggml_vec_/, "a vector kernel of the CPU backend, internal"],
  [/^ggml_(gemm|gemv|repack|quantize_mat)_/, "a repacked-weights kernel of the CPU backend, internal"],
  [/^ggml_(threadpool|barrier|graph_compute_thread)/, "a threadpool internal of the CPU backend"],
  [/^ggml_backend_(score|init)$/, "the entry points by which ggml_backend_load recognises a backend"],
  [/^ggml_backend_/, "the backend side of the interface (ggml-backend-impl.h)"],
  [
    /^ggml_(critical_section|hash|validate|log_internal|print_backtrace|set_op_params|aligned|fopen|are_same|op_|unary_op|bf16|table|cpu_)/,
    "an internal of ggml-impl.h",
  ],
  [/^gguf_/, "an internal of gguf-impl.h"],
  [/^llamafile_/, "a matrix kernel of the CPU backend, internal"],
  [/^ggml_/, "an internal of ggml without a public declaration"],
  [/^llama_/, "an internal of llama.cpp without a public declaration"],
];

/** The text of `exports.ts`: every such symbol with its library's name and the reason. */
export function readExports(api: CApi, headers: readonly string[], committed: string): string {
  const folder = libraryFolder();
  if (folder === undefined || !hasNm()) return readFileSync(committed, "utf8").split("\n").slice(2).join("\n");
  const declared = new Set([...api.functions.map((fn) => fn.name), ...api.skipped.map((fn) => fn.name)]);
  const rows = new Map<string, string>();
  for (const file of readdirSync(folder).sort()) {
    const library = /^lib(llama|ggml|ggml-base|ggml-cpu-x64)(\.v.*)?\.so$/.exec(file)?.[1];
    if (library === undefined) continue;
    for (const symbol of cSymbols(join(folder, file))) {
      if (!declared.has(symbol)) rows.set(symbol, library);
    }
  }
  const body = [...rows]
    .sort()
    .map(
      ([symbol, library]) => `  ${symbol}: { library: "${library}", reason: ${JSON.stringify(reasonFor(symbol))} },`,
    );
  return `/** C symbols that the installed libraries export and none of ${headers.length} bound headers declares: not bound, and why. */
export const undeclaredExports: Readonly<Record<string, { readonly library: string; readonly reason: string }>> = {
${body.join("\n")}
};
`;
}

function libraryFolder(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve("@node-llama-cpp/linux-x64");
    const folder = join(dirname(entry), "../bins/linux-x64");
    return existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function hasNm(): boolean {
  try {
    execFileSync("nm", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function cSymbols(file: string): string[] {
  const lines = execFileSync("nm", ["-D", "--defined-only", file], { encoding: "utf8" }).split("\n");
  const symbols = lines.map((line) => line.split(" ")).filter((parts) => "TDBR".includes(parts[1] ?? "-"));
  return symbols
    .map((parts) => parts[2] ?? "")
    .filter((name) => /^(ggml|gguf|llama|quantize|dequantize|iq)/.test(name));
}

function reasonFor(symbol: string): string {
  const rule = reasons.find(([pattern]) => pattern.test(symbol));
  if (rule === undefined) throw new TypeError(`no reason is written down for the exported symbol ${symbol}`);
  return rule[1];
}
