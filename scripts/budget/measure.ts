import { lineAt, visit } from "../source/parse.js";
import type { SourceFile } from "../source/parse.js";

/** What the budget limits. */
export type Rule =
  | "file median"
  | "file p90"
  | "file length"
  | "test file length"
  | "function length"
  | "class length"
  | "any"
  | "non-null !"
  | "plain Error"
  | "console"
  | "import ring";

/** A measured thing: how much, and where. */
export interface Measurement {
  readonly rule: Rule;
  readonly path: string;
  readonly line: number;
  readonly amount: number;
}

/** Measures the functions, classes and unsafe spots of one file. */
export function measureFile(file: SourceFile): Measurement[] {
  const found: Measurement[] = [];
  const at = (rule: Rule, offset: number, amount = 1): void => {
    found.push({ rule, path: file.path, line: lineAt(file, offset), amount });
  };
  const length = (rule: Rule, node: { readonly start: number; readonly end: number }): void => {
    at(rule, node.start, file.text.slice(node.start, node.end).split("\n").length);
  };
  visit(file, {
    FunctionDeclaration: (node) => length("function length", node),
    FunctionExpression: (node) => length("function length", node),
    ArrowFunctionExpression: (node) => length("function length", node),
    ClassDeclaration: (node) => length("class length", node),
    ClassExpression: (node) => length("class length", node),
    TSAnyKeyword: (node) => at("any", node.start),
    TSNonNullExpression: (node) => at("non-null !", node.start),
    NewExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "Error") at("plain Error", node.start);
    },
    MemberExpression: (node) => {
      if (node.object.type === "Identifier" && node.object.name === "console") at("console", node.start);
    },
  });
  return found;
}
