/** Reads values as models write them outside of JSON: as Python does, and as Gemma does. */
import { GEMMA_QUOTE } from "./answer-syntax.js";
import { skipSpace } from "./json-scan.js";

export interface LooseValue {
  readonly value: unknown;
  /** Behind its last character. */
  readonly end: number;
}

const quotes = [GEMMA_QUOTE, '"', "'"];
const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["null", null],
  ["None", null],
]);
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "0": "\0" };
const MAX_DEPTH = 64;

/** The value that begins at an index; undefined where it has not ended, or is none. */
export function looseValue(text: string, at: number, depth = 0): LooseValue | undefined {
  const start = skipSpace(text, at);
  const quote = quotes.find((mark) => text.startsWith(mark, start));
  if (quote !== undefined) return looseString(text, start, quote);
  const char = text[start];
  if (depth > MAX_DEPTH) return undefined;
  if (char === "[" || char === "(") return looseList(text, start, char === "[" ? "]" : ")", depth);
  if (char === "{") return looseObject(text, start, depth);
  const [word = ""] = /^[-+.\w]+/.exec(text.slice(start)) ?? [];
  const end = start + word.length;
  // What the text ends with may go on.
  if (word === "" || end === text.length) return undefined;
  if (words.has(word)) return { value: words.get(word), end };
  const number = Number(word.replaceAll("_", ""));
  return { value: Number.isNaN(number) ? word : number, end };
}

function looseString(text: string, start: number, quote: string): LooseValue | undefined {
  const from = start + quote.length;
  if (quote === GEMMA_QUOTE) {
    const end = text.indexOf(quote, from);
    return end < 0 ? undefined : { value: text.slice(from, end), end: end + quote.length };
  }
  let value = "";
  for (let index = from; index < text.length; index++) {
    const char = text[index] ?? "";
    if (char === quote) return { value, end: index + 1 };
    if (char !== "\\") {
      value += char;
      continue;
    }
    const code = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4}))/.exec(text.slice(index + 1, index + 6));
    const digits = code?.[1] ?? code?.[2];
    index += 1;
    const escaped = text[index] ?? "";
    if (digits === undefined) value += escapes[escaped] ?? escaped;
    else {
      value += String.fromCharCode(Number.parseInt(digits, 16));
      index += digits.length;
    }
  }
  return undefined;
}

function looseList(text: string, start: number, close: string, depth: number): LooseValue | undefined {
  const value: unknown[] = [];
  for (let index = start + 1; ;) {
    index = skipSpace(text, index);
    if (text[index] === close) return { value, end: index + 1 };
    if (text[index] === ",") {
      index++;
      continue;
    }
    const item = looseValue(text, index, depth + 1);
    if (item === undefined) return undefined;
    value.push(item.value);
    index = item.end;
  }
}

function looseObject(text: string, start: number, depth: number): LooseValue | undefined {
  const entries: [string, unknown][] = [];
  for (let index = start + 1; ;) {
    index = skipSpace(text, index);
    if (text[index] === "}") return { value: Object.fromEntries(entries), end: index + 1 };
    if (text[index] === ",") {
      index++;
      continue;
    }
    const key = looseKey(text, index);
    if (key === undefined) return undefined;
    const colon = skipSpace(text, key.end);
    if (text[colon] !== ":") return undefined;
    const item = looseValue(text, colon + 1, depth + 1);
    if (item === undefined) return undefined;
    entries.push([String(key.value), item.value]);
    index = item.end;
  }
}

function looseKey(text: string, at: number): LooseValue | undefined {
  const quote = quotes.find((mark) => text.startsWith(mark, at));
  if (quote !== undefined) return looseString(text, at, quote);
  const [word = ""] = /^[^\s:,{}[\]]+/.exec(text.slice(at)) ?? [];
  return word === "" ? undefined : { value: word, end: at + word.length };
}
