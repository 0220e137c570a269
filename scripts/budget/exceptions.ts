import type { Rule } from "./measure.js";

/** One place where keeping to a limit would make the code worse, and why. */
export interface Exception {
  readonly rule: Rule;
  /** The file, or the folder for a rule that measures a whole folder. */
  readonly path: string;
  readonly reason: string;
}

/** One that no finding needs any more is an error: take it out. */
export const exceptions: readonly Exception[] = [];
