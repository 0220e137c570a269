import { readFileSync } from "node:fs";
import type { Rule } from "./measure.js";

/** One place where keeping to a limit would make the code worse, and why. */
export interface Exception {
  readonly rule: Rule;
  /** The file, or `src` for a rule that measures all of it. */
  readonly path: string;
  readonly reason: string;
}

/** The list in `budget.json`. One that no finding needs any more is an error: take it out. */
export function readExceptions(): Exception[] {
  const list = JSON.parse(readFileSync("budget.json", "utf8")) as Exception[];
  for (const { path, reason } of list) {
    if (reason.trim() === "") throw new Error(`budget.json: the exception for ${path} gives no reason`);
  }
  return list;
}
