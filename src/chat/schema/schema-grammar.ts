import { acceptsFlat, mayOverlap } from "./accepts.js";
import { isEmpty } from "./automaton/dfa.js";
import { inTime, requireTime, TooComplexError } from "../patience.js";
import { arrayRule } from "./array-rule.js";
import { type FlatSchema, type JsonType, madeTypes } from "./flat.js";
import { anyJsonChar, either, GrammarWriter, jsonSpelling, plainSpelling, quoted, spaceRule } from "./gbnf.js";
import { isSchema, type JsonSchema, malformed, type SchemaPart, unsupported } from "./json-schema.js";
import { numberDfa } from "./numbers.js";
import { objectRule } from "./object-rule.js";
import { SchemaDocument } from "./schema-document.js";
import { textDfa } from "./texts.js";

/**
 * A GBNF grammar of JSON texts that are valid against a schema. Every text that it allows is valid; of the valid ones it
 * leaves out some that nobody needs: objects have their properties in the schema's order and no others, unless the schema
 * says something of `additionalProperties`.
 *
 * @throws {MullamaError} `SCHEMA_UNSUPPORTED` naming the place, where it asks for what a grammar cannot say, or for what no
 * value can be; `ARGUMENT_INVALID` where it is no schema
 *
 * @example
 * const grammar = schemaToGrammar({ type: "object", properties: { age: { type: "integer", minimum: 0 } }, required: ["age"] });
 */
export function schemaToGrammar(schema: JsonSchema): string {
  if (!isSchema(schema)) throw malformed("#", "a JSON Schema", schema);
  return new SchemaGrammar(schema).toString();
}

/** Writes the rules of one schema. */
export class SchemaGrammar {
  readonly writer: GrammarWriter;
  readonly document: SchemaDocument;
  readonly #rules = new Map<JsonSchema, string | undefined>();
  /** For each rule of a schema, its alternatives as the rules that each needs. */
  readonly #needs = new Map<string, Set<string>[]>();
  #needed: Set<string> | undefined;

  /** @param writer of a grammar that these rules are a part of */
  constructor(schema: JsonSchema, writer: GrammarWriter = new GrammarWriter()) {
    this.writer = writer;
    const document: SchemaDocument = new SchemaDocument(schema, (one, other) => mayOverlap(document, one, other));
    this.document = document;
  }

  toString(): string {
    return this.writer.toString(this.root());
  }

  /** The rule of the whole schema. @throws {MullamaError} `SCHEMA_UNSUPPORTED` where it allows nothing */
  root(): string {
    const { root } = this.document;
    const name = bounded(() => this.value(root));
    if (name === undefined || !bounded(() => this.#finite()).has(name))
      throw unsupported("#", "allows no value at all");
    return name;
  }

  /** White space where JSON allows it, as models write it: a little, and always an end to it. */
  get space(): string {
    return spaceRule(this.writer);
  }

  /** The rule of a schema's values; undefined where it has none. */
  value(part: SchemaPart): string | undefined {
    const { schema, path } = part;
    if (schema === false) return undefined;
    const name = this.#rules.has(schema) ? this.#rules.get(schema) : this.#define(part, nameOf(path));
    if (name !== undefined) this.#needed?.add(name);
    return name;
  }

  /** The rule of any value at all. */
  anyValue(): string {
    return this.value({ schema: true, path: "#/value" }) ?? "";
  }

  #define(part: SchemaPart, base: string): string | undefined {
    const { schema } = part;
    const flats = this.document.alternatives(part);
    if (flats.length === 0) {
      this.#rules.set(schema, undefined);
      return undefined;
    }
    const name = this.writer.reserve(base);
    this.#rules.set(schema, name);
    const before = this.#needed;
    const ways = new Set<string>();
    const needs: Set<string>[] = [];
    for (const flat of flats) {
      for (const make of this.#ways(flat)) {
        requireTime();
        this.#needed = new Set();
        const way = make();
        if (way === undefined || ways.has(way)) continue;
        ways.add(way);
        needs.push(this.#needed);
      }
    }
    this.#needed = before;
    this.#needs.set(name, needs);
    if (ways.size === 0) {
      this.#rules.set(schema, undefined);
      return undefined;
    }
    this.writer.define(name, [...ways].join(" | "));
    return name;
  }

  /** Rules whose values can come to an end. */
  #finite(): ReadonlySet<string> {
    const finite = new Set<string>();
    for (let before = -1; before !== finite.size;) {
      before = finite.size;
      for (const [name, ways] of this.#needs) {
        requireTime();
        if (ways.some((needed) => [...needed].every((other) => finite.has(other)))) finite.add(name);
      }
    }
    return finite;
  }

  /** Forgets what the last values need: what is only allowed does not have to come to an end. */
  optionally<Value>(make: () => Value): Value {
    const needed = this.#needed;
    this.#needed = new Set();
    try {
      return make();
    } finally {
      this.#needed = needed;
    }
  }

  #ways(flat: FlatSchema): (() => string | undefined)[] {
    if (flat.values !== undefined) {
      const others = { ...flat, values: undefined };
      return flat.values
        .filter((value) => acceptsFlat(this.document, others, value))
        .map((value) => () => quoted(JSON.stringify(value)));
    }
    const types = madeTypes(flat) ?? everyType;
    return [...types].map((type) => () => this.typed(type, flat));
  }

  /** The values of one type. */
  typed(type: JsonType, flat: FlatSchema): string | undefined {
    switch (type) {
      case "null":
        return flat.excluded.includes(null) ? undefined : quoted("null");
      case "boolean": {
        const values = [true, false].filter((value) => !flat.excluded.includes(value));
        return values.length === 0 ? undefined : either(values.map((value) => quoted(String(value))));
      }
      case "number":
      case "integer":
        return this.#number(flat, type === "integer");
      case "string":
        return this.#string(flat);
      case "array":
        checkExcluded(flat, Array.isArray);
        return arrayRule(this, flat);
      case "object":
        checkExcluded(flat, (value) => typeof value === "object" && value !== null && !Array.isArray(value));
        return objectRule(this, flat);
    }
  }

  #number(flat: FlatSchema, integer: boolean): string | undefined {
    checkExcluded(flat, (value) => typeof value === "number");
    try {
      const dfa = numberDfa({ integer, ...flat.number });
      return isEmpty(dfa) ? undefined : this.writer.automaton(dfa, plainSpelling, integer ? "integer" : "number");
    } catch (error) {
      if (error instanceof TooComplexError) throw unsupported(`${flat.path}/multipleOf`, "is too large a step");
      throw error;
    }
  }

  #string(flat: FlatSchema): string | undefined {
    const content = this.text(flat);
    return content === undefined ? undefined : `"\\"" ${content} "\\""`;
  }

  /** What stands between a string's quotation marks. */
  text(flat: FlatSchema): string | undefined {
    const dfa = textDfa(flat);
    if (dfa !== undefined) return isEmpty(dfa) ? undefined : this.writer.automaton(dfa, jsonSpelling, "text");
    const { minLength, maxLength } = flat.string;
    if (minLength > maxLength) return undefined;
    return this.writer.repeat(this.writer.rule("char", anyJsonChar), minLength, maxLength, "chars");
  }
}

/** Says what is wrong with a schema that takes too long, or is too deep for this program. */
export function bounded<Value>(make: () => Value): Value {
  try {
    return inTime(make);
  } catch (error) {
    if (error instanceof TooComplexError) throw unsupported("#", "is too complex");
    if (error instanceof RangeError) throw unsupported("#", "is nested too deeply");
    throw error;
  }
}

export const everyType: readonly JsonType[] = ["object", "array", "string", "number", "boolean", "null"];

function checkExcluded({ path, excluded }: FlatSchema, concerns: (value: unknown) => boolean): void {
  if (excluded.some(concerns))
    throw unsupported(`${path}/not`, "excludes values other than strings, booleans and null");
}

/** The last word of a path that says something. */
function nameOf(path: string): string {
  const words = path
    .split("/")
    .filter((word) => /[a-z]/i.test(word) && !/^(properties|items|anyOf|oneOf|allOf)$/.test(word));
  return words.at(-1)?.replace(/~[01]/g, "-") ?? "value";
}
