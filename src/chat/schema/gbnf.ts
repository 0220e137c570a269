/** Writes grammars in llama.cpp's GBNF. Expressions are texts that can stand anywhere in a sequence. */
import { MullamaError } from "../../errors.js";
import { type CharSet, charsOf, complementOf, everyChar, intersectionOf } from "./automaton/char-set.js";
import type { Dfa } from "./automaton/dfa.js";
import { requireTime } from "../patience.js";

/** How a character class is written: as itself, or as it stands in a JSON string. */
export type Spelling = (set: CharSet) => string;

/** Most that llama.cpp reads in `{m,n}`. */
const MAX_REPETITIONS = 1000;
const MAX_RULES = 20_000;
/** Characters of a grammar: the largest of real schemas have a hundredth of it. */
const MAX_LENGTH = 4_000_000;

export class GrammarWriter {
  readonly #rules = new Map<string, string>();
  readonly #names = new Map<string, string>();
  /** How many names have begun alike. */
  readonly #counts = new Map<string, number>();
  readonly #automata = new Map<Dfa, Map<Spelling, string>>();
  #length = 0;

  /** The name of a rule of this content; one content has one rule. @param base what the name begins with */
  rule(base: string, content: string): string {
    const known = this.#names.get(content);
    if (known !== undefined) return known;
    const name = this.reserve(base);
    this.define(name, content);
    this.#names.set(content, name);
    return name;
  }

  /** A name for a rule that is defined later, because it contains itself. */
  reserve(base: string): string {
    requireTime();
    const plain = base.replace(/[^a-zA-Z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "rule";
    let name = plain;
    let number = this.#counts.get(plain) ?? 1;
    while (name === "root" || this.#rules.has(name)) name = `${plain}-${++number}`;
    this.#counts.set(plain, number);
    if (this.#rules.size >= MAX_RULES) {
      throw new MullamaError("SCHEMA_UNSUPPORTED", `The schema is too large: its grammar has over ${MAX_RULES} rules.`);
    }
    this.#rules.set(name, "");
    return name;
  }

  define(name: string, content: string): void {
    this.#length += content.length;
    if (this.#length > MAX_LENGTH) {
      const message = `The schema is too large: its grammar has over ${MAX_LENGTH} characters.`;
      throw new MullamaError("SCHEMA_UNSUPPORTED", message);
    }
    this.#rules.set(name, content);
  }

  /** A rule for what a machine accepts. */
  automaton(dfa: Dfa, spelling: Spelling, base: string): string {
    const known = this.#automata.get(dfa)?.get(spelling);
    if (known !== undefined) return known;
    const names = dfa.states.map(() => this.reserve(base));
    dfa.states.forEach(({ accepts, edges }, index) => {
      const ways = edges.map(({ set, to }) => `${spelling(set)} ${names[to]}`);
      this.define(names[index] ?? "", [...ways, ...(accepts ? ['""'] : [])].join(" | "));
    });
    const [name = ""] = names;
    const spelled = this.#automata.get(dfa) ?? new Map<Spelling, string>();
    this.#automata.set(dfa, spelled.set(spelling, name));
    return name;
  }

  /** So many of a thing in a row; `max` may be infinite. */
  repeat(item: string, min: number, max: number, base: string): string {
    if (max === 0) return '""';
    if (max === Infinity)
      return min <= 1 ? `${item}${min === 0 ? "*" : "+"}` : both(this.#exactly(item, min, base), `${item}*`);
    if (max <= MAX_REPETITIONS) return `${item}{${min},${max}}`;
    return min > 0
      ? both(this.#exactly(item, min, base), this.#upTo(item, max - min, base))
      : this.#upTo(item, max, base);
  }

  /** The grammar, whose answer is what `root` is. */
  toString(root: string): string {
    // Rules of values that cannot be have a name and nothing else.
    const made = [...this.#rules].filter(([, content]) => content !== "");
    const rules = made.map(([name, content]) => `${name} ::= ${content}`);
    return [`root ::= ${root}`, ...rules].join("\n");
  }

  #exactly(item: string, count: number, base: string): string {
    if (count <= MAX_REPETITIONS) return `${item}{${count}}`;
    const block = this.rule(base, `${item}{${MAX_REPETITIONS}}`);
    return both(
      this.#exactly(block, Math.floor(count / MAX_REPETITIONS), base),
      this.#exactly(item, count % MAX_REPETITIONS, base),
    );
  }

  /** Whole blocks and less than one more, or all the blocks and what is left. */
  #upTo(item: string, count: number, base: string): string {
    if (count <= MAX_REPETITIONS) return `${item}{0,${count}}`;
    const block = this.rule(base, `${item}{${MAX_REPETITIONS}}`);
    const blocks = Math.floor(count / MAX_REPETITIONS);
    const less = both(this.#upTo(block, blocks - 1, base), `${item}{0,${MAX_REPETITIONS - 1}}`);
    const all = both(this.#exactly(block, blocks, base), `${item}{0,${count % MAX_REPETITIONS}}`);
    return either([less, all]);
  }
}

/** One of several expressions. */
export function either(options: readonly string[]): string {
  return options.length === 1 ? (options[0] ?? "") : `(${options.join(" | ")})`;
}

function both(one: string, other: string): string {
  return `${one} ${other}`;
}

/** A text as it stands. */
export function quoted(text: string): string {
  const escaped = text.replaceAll(/[\\"]/g, "\\$&").replaceAll(/[^\x20-\x7e]/gu, (char) => {
    return escapedCode(char.codePointAt(0) ?? 0);
  });
  return `"${escaped}"`;
}

/** Characters as they are. */
export const plainSpelling: Spelling = (set) => {
  return `[${set.map(([from, to]) => (from === to ? classChar(from) : `${classChar(from)}-${classChar(to)}`)).join("")}]`;
};

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\f": "f",
  "\r": "r",
};
const special: CharSet = [[0, 0x1f], ...charsOf('"\\')];
const unescaped = complementOf([
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
]);

/** Characters as they stand in a JSON string, each in one way only, so that lengths and patterns hold. */
export const jsonSpelling: Spelling = (set) => {
  const ways: string[] = [];
  const plain = intersectionOf(set, unescaped);
  if (plain.length > 0) ways.push(plainSpelling(plain));
  for (const [from, to] of special.flatMap((range) => intersectionOf(set, [range]))) {
    for (let code = from; code <= to; code++) ways.push(quoted(jsonEscape(String.fromCharCode(code))));
  }
  return either(ways);
};

/** Any character in a JSON string. */
export const anyJsonChar = jsonSpelling(everyChar);

function jsonEscape(char: string): string {
  const short = shortEscapes[char];
  return short === undefined ? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}` : `\\${short}`;
}

function classChar(code: number): string {
  const char = String.fromCharCode(code);
  return /[a-zA-Z0-9 !#$%&()*+,./:;<=>?@_{|}~]/.test(char) && code < 0x7f ? char : escapedCode(code);
}

function escapedCode(code: number): string {
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, length: number): string {
  return code.toString(16).toUpperCase().padStart(length, "0");
}

/** White space where JSON allows it, as models write it: a little, and always an end to it. */
export function spaceRule(writer: GrammarWriter): string {
  return writer.rule("space", '" "? | "\\n" " "{0,24}');
}
