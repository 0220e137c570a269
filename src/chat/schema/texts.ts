/** Strings within their rules, as machines. */
import { complement, type Dfa, intersect, isEmpty, matches, toDfa } from "./automaton/dfa.js";
import { everyChar } from "./automaton/char-set.js";
import { chars, choice, literal, repeat } from "./automaton/expression.js";
import { PatternError, regexToDfa } from "./automaton/regex.js";
import { TooComplexError } from "../patience.js";
import type { FlatSchema } from "./flat.js";
import { formatPattern, stringFormats } from "./formats.js";
import { unsupported } from "./json-schema.js";

/** A length up to which it is counted together with a pattern. */
const MAX_COUNTED = 2000;
const machines = new Map<string, Dfa>();
const MAX_MACHINES = 200;

/** What a string must look like, but for its length where nothing else is asked; undefined where anything will do. */
export function textDfa({ path, string, excluded }: FlatSchema): Dfa | undefined {
  const { minLength, maxLength, patterns, formats } = string;
  const words = excluded.filter((value) => typeof value === "string");
  if (patterns.length + formats.length + words.length === 0) return undefined;
  return guard(path, () => {
    const sources = [...patterns, ...formats.map((format) => patternOf(format, path))];
    const rules = sources.map(regexMachine);
    if (words.length > 0) rules.push(anyTextBut(words));
    const all = rules.reduce(intersect);
    if (minLength === 0 && maxLength === Infinity) return all;
    return intersect(all, lengthDfa(path, minLength, maxLength));
  });
}

/** Every text but some. */
export function anyTextBut(words: readonly string[]): Dfa {
  return complement(toDfa(choice(...words.map(literal))));
}

export function lengthDfa(path: string, min: number, max: number): Dfa {
  if (min > MAX_COUNTED || (max > MAX_COUNTED && max !== Infinity))
    throw unsupported(path, `asks for a pattern and a length over ${MAX_COUNTED} at once`);
  return toDfa(repeat(chars(everyChar), min, max));
}

/** Whether a text keeps the rules. */
export function acceptsText(flat: FlatSchema, text: string): boolean {
  const length = Array.from(text).length;
  if (length < flat.string.minLength || length > flat.string.maxLength) return false;
  const dfa = textDfa(flat);
  return dfa === undefined || matches(dfa, text);
}

/** Whether there may be a text that keeps both rules. */
export function textsOverlap(one: FlatSchema, other: FlatSchema): boolean {
  const min = Math.max(one.string.minLength, other.string.minLength);
  const max = Math.min(one.string.maxLength, other.string.maxLength);
  if (min > max) return false;
  const [left, right] = [textDfa(one), textDfa(other)];
  return left === undefined || right === undefined || !isEmpty(intersect(left, right));
}

/** A pattern's machine; patterns come again and again. */
function regexMachine(source: string): Dfa {
  const known = machines.get(source);
  if (known !== undefined) return known;
  const made = regexToDfa(source);
  if (machines.size >= MAX_MACHINES) machines.clear();
  machines.set(source, made);
  return made;
}

/** The machine of a pattern. @throws {MullamaError} `SCHEMA_UNSUPPORTED` */
export function patternDfa(source: string, path: string): Dfa {
  return guard(path, () => regexMachine(source));
}

function patternOf(format: string, path: string): string {
  const pattern = formatPattern(format);
  if (pattern !== undefined) return pattern;
  throw unsupported(
    `${path}/format`,
    `is ${JSON.stringify(format)}, which is none of ${stringFormats.join(", ")}`,
    "Leave it out, or say what it looks like with pattern.",
  );
}

/** Says where it was, of what is wrong with a pattern. */
function guard<Value>(path: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof PatternError) throw unsupported(`${path}/pattern`, error.message);
    if (error instanceof TooComplexError) throw unsupported(path, "has rules whose machine would be too large");
    throw error;
  }
}
