/** Reads the regular expressions of JSON Schema (ECMAScript's, with the flag `u`) as machines. */
import { type CharSet, charSet, charsMatching, charsOf, complementOf } from "./char-set.js";
import { complement, type Dfa, intersect, toDfa } from "./dfa.js";
import { anything, automaton, chars, choice, empty, type Expression, repeat, sequence } from "./expression.js";
import { TooComplexError } from "../../patience.js";

/** A part of a pattern; what is not an expression says something about the text around it. */
type Part =
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "begin" | "end" }
  | { readonly kind: "ahead" | "behind"; readonly negated: boolean; readonly of: Expression }
  | { readonly kind: "group"; readonly alternatives: readonly (readonly Part[])[] };

type Alternatives = readonly (readonly Part[])[];

/** What is wrong with a pattern, as the end of a sentence about it. */
export class PatternError extends Error {}

const digits = charSet([[0x30, 0x39]]);
const wordChars = charSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x61, 0x7a],
  [0x5f, 0x5f],
]);
const spaces = charsOf(" \t\n\v\f\r\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF");
const allSpaces = charSet([...spaces, [0x2000, 0x200a]]);
const lineEnds = charsOf("\n\r\u2028\u2029");
const classEscapes: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: complementOf(digits),
  w: wordChars,
  W: complementOf(wordChars),
  s: allSpaces,
  S: complementOf(allSpaces),
};
const charEscapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v", "0": "\0" };
const MAX_DEPTH = 100;

/**
 * The texts in which a pattern matches somewhere.
 *
 * @throws {PatternError} where it is wrong, or uses what no machine of this kind can do; {TooComplexError}
 */
export function regexToDfa(source: string): Dfa {
  return toDfa(choice(...new RegexParser(source).parse().map(textsWith)));
}

/** The texts in which an alternative matches somewhere. */
function textsWith(parts: readonly Part[]): Expression {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "group") return choice(...only.alternatives.map(textsWith));
  const begins = parts[0]?.kind === "begin";
  const ends = parts.at(-1)?.kind === "end";
  const inner = parts.slice(begins ? 1 : 0, ends && parts.length > (begins ? 1 : 0) ? -1 : undefined);
  const whole: Part[] = [...inner];
  if (!begins) whole.unshift({ kind: "expression", expression: anything });
  if (!ends) whole.push({ kind: "expression", expression: anything });
  return alongside(whole);
}

/** A row of parts, with what it says about what comes after and before. */
function alongside(parts: readonly Part[]): Expression {
  const at = parts.findLastIndex(({ kind }) => kind === "ahead" || kind === "behind");
  if (at < 0) return sequence(...parts.map(plain));
  const look = parts[at];
  if (look?.kind !== "ahead" && look?.kind !== "behind") return empty;
  const before = parts.slice(0, at);
  const after = parts.slice(at + 1);
  if (look.kind === "ahead") {
    const wanted = toDfa(look.of);
    const rest = intersect(toDfa(alongside(after)), look.negated ? complement(wanted) : wanted);
    return alongside([...before, { kind: "expression", expression: automaton(rest) }]);
  }
  const wanted = toDfa(look.of);
  const begun = intersect(toDfa(alongside(before)), look.negated ? complement(wanted) : wanted);
  return sequence(automaton(begun), alongside(after));
}

function plain(part: Part): Expression {
  if (part.kind === "expression") return part.expression;
  if (part.kind === "group") return choice(...part.alternatives.map((parts) => sequence(...parts.map(plain))));
  if (part.kind === "begin") throw new PatternError("has ^ behind something else");
  if (part.kind === "end") throw new PatternError("has $ before something else");
  throw new PatternError("looks ahead or behind inside a group");
}

class RegexParser {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    try {
      void new RegExp(source, "u");
    } catch (error) {
      throw new PatternError(`is not a regular expression: ${(error as Error).message}`);
    }
    this.#chars = Array.from(source);
  }

  parse(): Alternatives {
    return this.#alternatives();
  }

  #alternatives(): Alternatives {
    if (++this.#depth > MAX_DEPTH) throw new TooComplexError();
    const found: Part[][] = [[]];
    for (;;) {
      const next = this.#chars[this.#at];
      if (next === undefined || next === ")") break;
      if (next === "|") {
        this.#at++;
        found.push([]);
      } else found.at(-1)?.push(this.#quantified(this.#part()));
    }
    this.#depth--;
    return found;
  }

  #part(): Part {
    const next = this.#chars[this.#at++] ?? "";
    if (next === "^") return { kind: "begin" };
    if (next === "$") return { kind: "end" };
    if (next === "(") return this.#group();
    if (next === "[") return expressionOf(this.#charClass());
    if (next === ".") return expressionOf(complementOf(lineEnds));
    if (next === "\\") return expressionOf(this.#escape());
    return expressionOf(charsOf(next));
  }

  #group(): Part {
    let look: { kind: "ahead" | "behind"; negated: boolean } | undefined;
    if (this.#takes("?=")) look = { kind: "ahead", negated: false };
    else if (this.#takes("?!")) look = { kind: "ahead", negated: true };
    else if (this.#takes("?<=")) look = { kind: "behind", negated: false };
    else if (this.#takes("?<!")) look = { kind: "behind", negated: true };
    else if (this.#takes("?<")) while (this.#chars[this.#at++] !== ">");
    else if (!this.#takes("?:") && this.#chars[this.#at] === "?") throw new PatternError("has flags in a group");
    const alternatives = this.#alternatives();
    this.#at++;
    if (look === undefined) return { kind: "group", alternatives };
    const of = choice(...alternatives.map((parts) => lookedFor(parts, look.kind)));
    return { ...look, of };
  }

  #quantified(part: Part): Part {
    const range = this.#quantifier();
    if (range === undefined) return part;
    // Whether it is lazy makes no difference to what a whole text can be.
    this.#takes("?");
    const [min, max] = range;
    return { kind: "expression", expression: repeat(plain(part), min, max) };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#takes("*")) return [0, Infinity];
    if (this.#takes("+")) return [1, Infinity];
    if (this.#takes("?")) return [0, 1];
    if (this.#chars[this.#at] !== "{") return undefined;
    const end = this.#chars.indexOf("}", this.#at);
    const [min = "", max] = this.#chars
      .slice(this.#at + 1, end)
      .join("")
      .split(",");
    this.#at = end + 1;
    return [Number(min), max === undefined ? Number(min) : max === "" ? Infinity : Number(max)];
  }

  #charClass(): CharSet {
    const negated = this.#takes("^");
    const ranges: [number, number][] = [];
    while (!this.#takes("]")) {
      const from = this.#classMember();
      const [single] = from;
      const isRange = this.#chars[this.#at] === "-" && this.#chars[this.#at + 1] !== "]";
      if (!isRange || from.length !== 1 || single === undefined) {
        ranges.push(...from.map(([begin, end]): [number, number] => [begin, end]));
        continue;
      }
      this.#at++;
      const [last] = this.#classMember();
      ranges.push([single[0], last?.[1] ?? single[0]]);
    }
    const set = charSet(ranges);
    return negated ? complementOf(set) : set;
  }

  #classMember(): CharSet {
    const next = this.#chars[this.#at++] ?? "";
    if (next !== "\\") return charsOf(next);
    if (this.#takes("b")) return charsOf("\b");
    return this.#escape();
  }

  #escape(): CharSet {
    const next = this.#chars[this.#at++] ?? "";
    const set = classEscapes[next];
    if (set !== undefined) return set;
    const char = charEscapes[next];
    if (char !== undefined) return charsOf(char);
    if (next === "x") return codeOf(this.#hex(2));
    if (next === "u") return this.#unicode();
    if (next === "c") return codeOf((this.#chars[this.#at++] ?? "").charCodeAt(0) % 32);
    if (next === "p" || next === "P") return this.#property(next);
    if (/[1-9k]/.test(next)) throw new PatternError("refers back to a group");
    if (next === "b" || next === "B") throw new PatternError(`has a word boundary (\\${next})`);
    return charsOf(next);
  }

  #property(letter: string): CharSet {
    const end = this.#chars.indexOf("}", this.#at);
    const name = this.#chars.slice(this.#at, end + 1).join("");
    this.#at = end + 1;
    return charsMatching(new RegExp(`^\\${letter}${name}$`, "u"));
  }

  #unicode(): CharSet {
    if (this.#takes("{")) {
      const end = this.#chars.indexOf("}", this.#at);
      return codeOf(this.#hex(end - this.#at, 1));
    }
    const code = this.#hex(4);
    // Two escapes of surrogates are one character.
    if (code < 0xd800 || code > 0xdbff || !this.#takes("\\u")) return codeOf(code);
    return codeOf(0x10000 + ((code - 0xd800) << 10) + (this.#hex(4) - 0xdc00));
  }

  /** @param behind characters to skip after the digits */
  #hex(length: number, behind = 0): number {
    const code = Number.parseInt(this.#chars.slice(this.#at, this.#at + length).join(""), 16);
    this.#at += length + behind;
    return code;
  }

  #takes(text: string): boolean {
    const found = Array.from(text).every((char, index) => this.#chars[this.#at + index] === char);
    if (found) this.#at += text.length;
    return found;
  }
}

function expressionOf(set: CharSet): Part {
  return { kind: "expression", expression: chars(set) };
}

function codeOf(code: number): CharSet {
  return charSet([[code, code]]);
}

/** What the rest of the text must be where a look ahead finds something, or all of it so far where a look behind does. */
function lookedFor(parts: readonly Part[], kind: "ahead" | "behind"): Expression {
  if (kind === "ahead") {
    return parts.at(-1)?.kind === "end" ? alongside(parts.slice(0, -1)) : sequence(alongside(parts), anything);
  }
  return parts[0]?.kind === "begin" ? alongside(parts.slice(1)) : sequence(anything, alongside(parts));
}
