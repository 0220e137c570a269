import { readFileSync } from "node:fs";
import { parseSync, Visitor } from "oxc-parser";
import type { Comment, Program, VisitorObject } from "oxc-parser";

/** One parsed TypeScript file. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly program: Program;
  readonly comments: readonly Comment[];
}

/** Reads and parses a file; a syntax error throws. */
export function parseFile(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const { program, comments, errors } = parseSync(path, text);
  const first = errors[0];
  if (first !== undefined) throw new Error(`${path}: ${first.message}`);
  return { path, text, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0), program, comments };
}

/** Walks the syntax tree of `file`. */
export function visit(file: SourceFile, visitor: VisitorObject): void {
  new Visitor(visitor).visit(file.program);
}

/** The 1-based line of a character offset. */
export function lineAt(file: SourceFile, offset: number): number {
  return file.text.slice(0, offset).split("\n").length;
}
