import { posix } from "node:path";
import { visit } from "./parse.js";
import type { SourceFile } from "./parse.js";

/** One import or re-export of a file of this project. */
export interface Import {
  /** The imported file, as `src/gguf/read.ts`. */
  readonly to: string;
  readonly offset: number;
  /** `type` vanishes when compiled, `value` runs at load, `lazy` is an `import()` call. */
  readonly kind: "type" | "value" | "lazy";
}

/** The relative imports of `file`, in every form the language has. */
export function relativeImports(file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: unknown, offset: number, kind: Import["kind"]): void => {
    if (typeof specifier !== "string" || !specifier.startsWith(".")) return;
    const target = posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, ".ts");
    found.push({ to: target, offset, kind });
  };
  visit(file, {
    ImportDeclaration: (node) => add(node.source.value, node.start, node.importKind === "type" ? "type" : "value"),
    ExportAllDeclaration: (node) => add(node.source.value, node.start, node.exportKind === "type" ? "type" : "value"),
    ExportNamedDeclaration: (node) =>
      add(node.source?.value, node.start, node.exportKind === "type" ? "type" : "value"),
    ImportExpression: (node) => add(node.source.type === "Literal" ? node.source.value : undefined, node.start, "lazy"),
    TSImportType: (node) => add(node.source.value, node.start, "type"),
  });
  return found;
}
