import { ArgumentError } from "../errors.js";
import { checkText } from "./check.js";

/** C compiles patterns by recursion, and a group in a group in a group would end its stack. */
const MOST_CHARACTERS = 1000;

/** A regular expression for C++'s `std::regex`, which itself reports what is wrong with one. */
export function checkPattern(name: string, value: unknown): string {
  const pattern = checkText(name, value);
  if (pattern.length >= 1 && pattern.length <= MOST_CHARACTERS) return pattern;
  throw new ArgumentError(name, `a pattern of 1 to ${MOST_CHARACTERS} characters`, pattern);
}
