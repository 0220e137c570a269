/** The grammar of objects: properties in order, each there if it must be, then others if there may be. */
import { accepts } from "./accepts.js";
import { complement, type Dfa, intersect, isEmpty } from "./automaton/dfa.js";
import { makesOthers, namedProperties, propertyPart } from "./children.js";
import type { FlatSchema, ObjectRules } from "./flat.js";
import { either, jsonSpelling, quoted } from "./gbnf.js";
import { type SchemaPart, unsupported } from "./json-schema.js";
import type { SchemaGrammar } from "./schema-grammar.js";
import { anyTextBut, lengthDfa, patternDfa, textDfa } from "./texts.js";

/** Every set of patterns is a kind of key of its own. */
const MAX_PATTERNS = 4;

interface Property {
  readonly pair: string;
  readonly required: boolean;
}

export function objectRule(grammar: SchemaGrammar, flat: FlatSchema): string | undefined {
  const { object: rules, path } = flat;
  const properties = makeProperties(grammar, rules);
  if (properties === undefined) return undefined;
  const others = grammar.optionally(() => otherPairs(grammar, flat));
  const body = new ObjectBody(grammar, path, rules, properties, others).from(0, 0);
  if (body === undefined) return undefined;
  const { space } = grammar;
  return `"{" ${space} ${body} ${space} "}"`;
}

/** The named properties that can be; undefined where one that must be cannot. */
function makeProperties(grammar: SchemaGrammar, rules: ObjectRules): readonly Property[] | undefined {
  const { document } = grammar;
  const properties: Property[] = [];
  for (const name of namedProperties(rules)) {
    const required = rules.required.includes(name);
    const part = propertyPart(document, rules, name);
    const make = (): string | undefined => grammar.value(part);
    const allowed = rules.names.every((names) => accepts(document, names, name));
    const value = allowed ? (required ? make() : grammar.optionally(make)) : undefined;
    if (value !== undefined) properties.push({ pair: pairOf(quoted(JSON.stringify(name)), value), required });
    else if (required) return undefined;
  }
  return properties;
}

function pairOf(key: string, value: string): string {
  return `${key} ":" " "? ${value}`;
}

/** A pair whose name no schema gives; undefined where there are none. */
function otherPairs(grammar: SchemaGrammar, flat: FlatSchema): string | undefined {
  const { object: rules, path } = flat;
  const { document, writer } = grammar;
  const patterns = rules.parts.flatMap((part) => part.patterns);
  if (patterns.length > MAX_PATTERNS)
    throw unsupported(`${path}/patternProperties`, `has over ${MAX_PATTERNS} patterns`);
  const named = namedProperties(rules);
  const pairs: string[] = [];
  for (let set = makesOthers(rules) ? 0 : 1; set < 2 ** patterns.length; set++) {
    const has = (index: number): boolean => (set & (1 << index)) !== 0;
    const keys = patterns.map(({ source, part }, index) => {
      const dfa = patternDfa(source, part.path);
      return has(index) ? dfa : complement(dfa);
    });
    if (named.length > 0) keys.push(anyTextBut(named));
    keys.push(...keyRules(grammar, rules));
    const key = keys.length === 0 ? undefined : keys.reduce(intersect);
    if (key !== undefined && isEmpty(key)) continue;
    const value = grammar.value(
      document.allOf(
        partsOf(
          rules,
          patterns.filter((_, index) => has(index)),
        ),
      ),
    );
    if (value === undefined) continue;
    const text = key === undefined ? anyKey(grammar) : writer.automaton(key, jsonSpelling, "key");
    pairs.push(pairOf(`"\\"" ${text} "\\""`, value));
  }
  return pairs.length === 0 ? undefined : writer.rule("pair", pairs.join(" | "));
}

function anyKey(grammar: SchemaGrammar): string {
  const [flat] = grammar.document.alternatives({ schema: { type: "string" }, path: "#/key" });
  return (flat && grammar.text(flat)) ?? '""';
}

/** What a property with a name of these patterns must be. */
function partsOf(rules: ObjectRules, patterns: readonly { readonly part: SchemaPart }[]): SchemaPart[] {
  return rules.parts.flatMap((part) => {
    const own = part.patterns.filter((pattern) => patterns.includes(pattern)).map((pattern) => pattern.part);
    return own.length === 0 && part.additional !== undefined ? [part.additional] : own;
  });
}

/** What `propertyNames` asks of a key. */
function keyRules({ document }: SchemaGrammar, rules: ObjectRules): Dfa[] {
  return rules.names.map((names) => {
    const ways = document.alternatives(names).flatMap((flat): Dfa[] => {
      if (flat.types?.has("string") === false) return [];
      if (flat.values !== undefined) {
        const words = flat.values.filter((value) => typeof value === "string" && accepts(document, names, value));
        return words.length === 0 ? [] : [complement(anyTextBut(words as string[]))];
      }
      return [textDfa(flat) ?? lengthDfa(flat.path, flat.string.minLength, flat.string.maxLength)];
    });
    // What either allows: not what neither does.
    return complement(ways.map(complement).reduce(intersect, lengthDfa(names.path, 0, Infinity)));
  });
}

/** The rules of an object's content, one for each property that may come next. */
class ObjectBody {
  readonly #grammar: SchemaGrammar;
  readonly #path: string;
  readonly #rules: ObjectRules;
  readonly #properties: readonly Property[];
  readonly #others: string | undefined;
  readonly #known = new Map<string, string | undefined>();

  constructor(
    grammar: SchemaGrammar,
    path: string,
    rules: ObjectRules,
    properties: readonly Property[],
    others: string | undefined,
  ) {
    this.#grammar = grammar;
    this.#path = path;
    this.#rules = rules;
    this.#properties = properties;
    this.#others = others;
  }

  /** What may come from a property on, with so many before it; undefined where nothing can. */
  from(index: number, count: number): string | undefined {
    const { min, max } = this.#rules;
    // Counts that make no difference are one.
    const counted = Math.min(count, Math.max(min, max === Infinity ? 0 : max, 1));
    const key = `${index}/${counted}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#make(index, counted));
    return this.#known.get(key);
  }

  #make(index: number, count: number): string | undefined {
    const property = this.#properties[index];
    if (property === undefined) return this.#tail(count);
    const ways: string[] = [];
    const after = count < this.#rules.max ? this.from(index + 1, count + 1) : undefined;
    if (after !== undefined) ways.push(`${this.#comma(count)}${property.pair} ${after}`);
    const without = property.required ? undefined : this.from(index + 1, count);
    if (without !== undefined) ways.push(without);
    return ways.length === 0 ? undefined : this.#grammar.writer.rule("members", ways.join(" | "));
  }

  /** Other properties. Two may have the same name, and count as one. */
  #tail(count: number): string | undefined {
    const { min, max } = this.#rules;
    const missing = Math.max(0, min - count);
    const room = max - count;
    const pair = this.#others;
    if (pair === undefined || room <= 0) return missing > 0 ? undefined : '""';
    if (missing > 1) {
      throw unsupported(
        `${this.#path}/minProperties`,
        "asks for several properties that no schema names",
        "Name them under properties.",
      );
    }
    const { writer } = this.#grammar;
    const more = `("," ${this.#grammar.space} ${pair})`;
    if (count > 0) return writer.repeat(more, missing, room, "others");
    const some = `${pair} ${writer.repeat(more, 0, room - 1, "others")}`;
    return missing > 0 ? some : either([some, '""']);
  }

  #comma(count: number): string {
    return count > 0 ? `"," ${this.#grammar.space} ` : "";
  }
}
