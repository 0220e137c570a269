/**
 * Reads a GBNF grammar, before C does: what C cannot read it prints on the terminal, and on some mistakes it never returns.
 */
import { MullamaError } from "../errors.js";

/** A character class, or a token that must or must not come. */
export type Terminal =
  | { readonly kind: "character"; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: "token" | "otherToken"; readonly id: number };

/** Elements in a row: a rule's number, or `~index` of a terminal. */
export type Sequence = readonly number[];

export interface Grammar {
  readonly names: readonly string[];
  /** The alternatives of each rule. */
  readonly rules: readonly (readonly Sequence[])[];
  readonly terminals: readonly Terminal[];
}

/** What a grammar may name as a token: its id, or undefined where the text is not exactly one. */
export type FindToken = (text: string) => number | undefined;

const MAX_REPETITIONS = 2000;
const MAX_ELEMENTS = 250_000;
const MAX_RULES = 25_000;
const MAX_DEPTH = 200;

const escapes: Readonly<Record<string, string>> = {
  t: "\t",
  r: "\r",
  n: "\n",
  "\\": "\\",
  '"': '"',
  "[": "[",
  "]": "]",
  "-": "-",
};
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** @throws {MullamaError} `GRAMMAR_INVALID`, with the line and the column. */
export function parseGrammar(text: string, findToken: FindToken): Grammar {
  return new Parser(text, findToken).parse();
}

class Parser {
  readonly #text: string;
  readonly #findToken: FindToken;
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #rules: (Sequence[] | undefined)[] = [];
  readonly #terminals: Terminal[] = [];
  #at = 0;
  #depth = 0;
  #elements = 0;

  constructor(text: string, findToken: FindToken) {
    this.#text = text;
    this.#findToken = findToken;
  }

  parse(): Grammar {
    this.#space(true);
    while (this.#at < this.#text.length) this.#rule();
    const rules = this.#names.map(
      (name, id) => this.#rules[id] ?? this.#fail(`the rule ${JSON.stringify(name)} is used, but not defined`),
    );
    return { names: this.#names, rules, terminals: this.#terminals };
  }

  #rule(): void {
    const name = this.#name();
    this.#space(false);
    if (!this.#text.startsWith("::=", this.#at)) this.#fail("expected ::=");
    this.#at += 3;
    this.#space(true);
    this.#rules[this.#idOf(name)] = this.#alternatives(name, false);
    const end = /^(?:\r\n?|\n)/.exec(this.#text.slice(this.#at, this.#at + 2));
    if (end !== null) this.#at += end[0].length;
    else if (this.#at < this.#text.length) this.#fail("expected the end of the line");
    this.#space(true);
  }

  #alternatives(name: string, nested: boolean): Sequence[] {
    const alternatives = [this.#sequence(name, nested)];
    while (this.#peek() === "|") {
      this.#at++;
      this.#space(true);
      alternatives.push(this.#sequence(name, nested));
    }
    return alternatives;
  }

  #sequence(name: string, nested: boolean): Sequence {
    const sequence: number[] = [];
    let last = 0;
    let weight = 1;
    for (;;) {
      const symbols = this.#names.length;
      const item = this.#item(name);
      if (item !== undefined) {
        last = sequence.length;
        weight = item.group ? Math.max(1, this.#names.length - symbols) : 1;
        this.#append(sequence, item.elements);
        this.#space(nested);
        continue;
      }
      const times = this.#repetition(nested);
      if (times === undefined) return sequence;
      if (last === sequence.length) this.#fail("expected something to repeat");
      weight = this.#repeat(sequence, last, weight, times, name);
    }
  }

  /** One element, or undefined where none begins. */
  #item(name: string): { readonly elements: Sequence; readonly group: boolean } | undefined {
    const character = this.#peek();
    if (character === '"') return { elements: this.#literal(), group: false };
    if (character === "[") return { elements: this.#characterClass(), group: false };
    if (character === "<" || character === "!") return { elements: [this.#token()], group: false };
    if (character === "(") return { elements: [this.#group(name)], group: true };
    if (character === ".") {
      this.#at++;
      return { elements: [this.#terminal({ kind: "character", negated: true, ranges: [] })], group: false };
    }
    return /[a-zA-Z0-9-]/.test(character) ? { elements: [this.#idOf(this.#name())], group: false } : undefined;
  }

  #group(name: string): number {
    if (++this.#depth > MAX_DEPTH) this.#fail(`parentheses are more than ${MAX_DEPTH} deep`);
    this.#at++;
    this.#space(true);
    const id = this.#generate(name);
    this.#rules[id] = this.#alternatives(name, true);
    if (this.#peek() !== ")") this.#fail("expected )");
    this.#at++;
    this.#depth--;
    return id;
  }

  #literal(): Sequence {
    this.#at++;
    const elements: number[] = [];
    while (this.#peek() !== '"') {
      const code = this.#character();
      elements.push(this.#terminal({ kind: "character", negated: false, ranges: [[code, code]] }));
    }
    this.#at++;
    return elements;
  }

  #characterClass(): Sequence {
    this.#at++;
    const negated = this.#peek() === "^";
    if (negated) this.#at++;
    const ranges: (readonly [number, number])[] = [];
    while (this.#peek() !== "]") {
      const from = this.#character();
      const range = this.#peek() === "-" && this.#text[this.#at + 1] !== "]";
      if (range) this.#at++;
      ranges.push([from, range ? this.#character() : from]);
    }
    this.#at++;
    return ranges.length === 0 ? [] : [this.#terminal({ kind: "character", negated, ranges })];
  }

  #token(): number {
    const kind = this.#peek() === "!" ? "otherToken" : "token";
    if (kind === "otherToken") this.#at++;
    const found = /^<[^>]*>/.exec(this.#text.slice(this.#at, this.#at + 1024))?.[0];
    const id = found === undefined ? undefined : this.#findToken(found);
    if (found === undefined || id === undefined) this.#fail("expected <[id]> or the name of a token of the model");
    this.#at += found.length;
    return this.#terminal({ kind, id });
  }

  #repetition(nested: boolean): { readonly min: number; readonly max: number } | undefined {
    const character = this.#peek();
    if (character === "*" || character === "+" || character === "?") {
      this.#at++;
      this.#space(nested);
      return { min: character === "+" ? 1 : 0, max: character === "?" ? 1 : Infinity };
    }
    if (character !== "{") return undefined;
    const bounds = /^\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/.exec(this.#text.slice(this.#at, this.#at + 256));
    if (bounds === null || (!nested && /[\r\n]/.test(bounds[0]))) this.#fail("expected {times}, {min,} or {min,max}");
    const min = Number(bounds[1]);
    const max = bounds[2] === undefined ? min : bounds[3] === "" ? Infinity : Number(bounds[3]);
    if (min > MAX_REPETITIONS) this.#fail(`at most ${MAX_REPETITIONS} repetitions can be asked for`);
    if (max < min) this.#fail("the most repetitions are fewer than the least");
    this.#at += bounds[0].length;
    this.#space(nested);
    return { min, max: max > MAX_REPETITIONS ? Infinity : max };
  }

  /** Rewrites `S{min,max}` as C does, with rules of their own for what may come; returns the new weight. */
  #repeat(
    sequence: number[],
    from: number,
    weight: number,
    times: { readonly min: number; readonly max: number },
    name: string,
  ): number {
    const { min, max } = times;
    const total = max !== Infinity && max > 0 ? max : Math.max(min, 1);
    if (weight * total > MAX_REPETITIONS) this.#fail("there are too many repetitions of repetitions");
    const repeated = sequence.slice(from);
    if (min === 0) sequence.length = from;
    for (let time = 1; time < min; time++) this.#append(sequence, repeated);
    const optional = max === Infinity ? 1 : max - min;
    let rest: number | undefined;
    for (let time = 0; time < optional; time++) {
      const id = this.#generate(name);
      const following: number[] = [];
      this.#append(following, repeated);
      if (max === Infinity) following.push(id);
      else if (rest !== undefined) following.push(rest);
      this.#rules[id] = [following, []];
      rest = id;
    }
    if (rest !== undefined) sequence.push(rest);
    return weight * total;
  }

  #append(sequence: number[], elements: Sequence): void {
    this.#elements += elements.length;
    if (this.#elements > MAX_ELEMENTS) this.#fail("the grammar is too large");
    for (const element of elements) sequence.push(element);
  }

  #character(): number {
    const character = this.#text.codePointAt(this.#at);
    if (character === undefined) this.#fail("the grammar ends in the middle");
    if (character !== 0x5c) {
      this.#at += character > 0xffff ? 2 : 1;
      return character;
    }
    const name = this.#text.charAt(this.#at + 1);
    const digits = hexDigits[name];
    const start = this.#at + 2;
    if (digits === undefined) {
      const plain = escapes[name] ?? this.#fail("there is no such escape");
      this.#at = start;
      return plain.charCodeAt(0);
    }
    const hex = this.#text.slice(start, start + digits);
    if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) this.#fail(`expected ${digits} hexadecimal digits`);
    this.#at = start + digits;
    return Number.parseInt(hex, 16);
  }

  #name(): string {
    const name = /[a-zA-Z0-9-]*/y;
    name.lastIndex = this.#at;
    const found = name.exec(this.#text)?.[0] ?? "";
    if (found === "") this.#fail("expected a rule's name");
    this.#at += found.length;
    return found;
  }

  #idOf(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      if (this.#names.length >= MAX_RULES) this.#fail("the grammar has too many rules");
      id = this.#names.push(name) - 1;
      this.#ids.set(name, id);
    }
    return id;
  }

  #generate(name: string): number {
    if (this.#names.length >= MAX_RULES) this.#fail("the grammar has too many rules");
    return this.#names.push(`${name}_${this.#names.length}`) - 1;
  }

  #terminal(terminal: Terminal): number {
    return ~(this.#terminals.push(terminal) - 1);
  }

  #space(lines: boolean): void {
    const space = lines ? /(?:[ \t\r\n]|#[^\r\n]*)*/y : /(?:[ \t]|#[^\r\n]*)*/y;
    space.lastIndex = this.#at;
    space.test(this.#text);
    this.#at = space.lastIndex;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #fail(problem: string): never {
    const before = this.#text.slice(0, this.#at).split("\n");
    const place = `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
    throw new MullamaError("GRAMMAR_INVALID", `The grammar cannot be read at ${place}: ${problem}.`);
  }
}
