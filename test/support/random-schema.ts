/** Random JSON Schemas that use all that grammars can say. */
import type { JsonSchema } from "../../src/chat/schema/json-schema.js";
import type { TinyRandom } from "./tiny-random.js";

const words = ["a", "id", "name", "kind", "a b", 'q"uote', "é", "x/y~z", "😀"];
const patterns = [
  "^[a-c]{1,4}$",
  "^(?:red|green|blue)$",
  "^\\d{2,4}-[A-Z]?$",
  "^(?=.*[0-9])[a-z0-9]{2,6}$",
  "^.?$",
  "^[^a-z]{0,3}x$",
  "^\\p{Lu}?\\w{1,3}$",
  '^["\\\\\\n]{1,3}$',
];
const formats = [
  "date",
  "time",
  "date-time",
  "uuid",
  "email",
  "ipv4",
  "ipv6",
  "hostname",
  "duration",
  "uri",
  "json-pointer",
  "byte",
];

export class RandomSchema {
  readonly #random: TinyRandom;
  #definitions: Record<string, JsonSchema> = {};

  constructor(random: TinyRandom) {
    this.#random = random;
  }

  /** A schema; some allow nothing. */
  schema(): JsonSchema {
    this.#definitions = {};
    const allOf = [this.#schema(3)];
    return { allOf, $defs: this.#definitions };
  }

  #schema(depth: number): JsonSchema {
    const leaves = [
      () => this.#string(),
      () => this.#string(),
      () => this.#number(),
      () => this.#number(),
      () => ({ type: "boolean" }),
      () => ({ type: "null" }),
      () => ({ const: this.#value() }),
      () => ({ enum: [this.#value(), this.#value(), this.#value()] }),
      () => ({ type: ["string", "null"], maxLength: 4 }),
      () => ({ type: "string", maxLength: 3, not: { enum: ["", "a", "ab"] } }),
    ];
    const nodes = [
      () => this.#object(depth),
      () => this.#object(depth),
      () => this.#object(depth),
      () => this.#array(depth),
      () => this.#array(depth),
      () => ({ anyOf: [this.#schema(depth - 1), this.#schema(depth - 1)] }),
      () => ({ allOf: [this.#object(depth), this.#object(depth - 1)] }),
      () => this.#union(depth),
      () => this.#recursive(depth),
      () => ({ allOf: [{ type: "number", minimum: 0 }, this.#number()] }),
    ];
    return this.#pick(depth > 0 && this.#chance(0.75) ? nodes : leaves)();
  }

  #string(): JsonSchema {
    const kind = this.#below(4);
    if (kind === 0) return { type: "string", pattern: this.#pick(patterns) };
    if (kind === 1) return { type: "string", format: this.#pick(formats) };
    if (kind === 2)
      return { type: "string", pattern: this.#pick(patterns), minLength: 1, maxLength: 3 + this.#below(4) };
    const minLength = this.#below(3);
    return { type: "string", minLength, maxLength: minLength + this.#below(5) };
  }

  #number(): JsonSchema {
    const bound = (): number => this.#pick([0, 1, -1, 7, 100, -250, 3.5, 0.125, -0.01, 1e6, 12345.678]);
    const low = bound();
    const high = low + this.#pick([0, 1, 2.5, 10, 1000]);
    return {
      type: this.#pick(["integer", "number"]),
      ...(this.#chance(0.6) ? { [this.#pick(["minimum", "exclusiveMinimum"])]: low } : {}),
      ...(this.#chance(0.6) ? { [this.#pick(["maximum", "exclusiveMaximum"])]: high } : {}),
      ...(this.#chance(0.2) ? { multipleOf: this.#pick([2, 3, 0.5, 0.25, 10]) } : {}),
    };
  }

  #object(depth: number): JsonSchema {
    const names = words.filter(() => this.#chance(0.35));
    const properties = Object.fromEntries(names.map((name) => [name, this.#schema(depth - 1)]));
    const required = names.filter(() => this.#chance(0.5));
    if (this.#chance(0.1)) required.push("z");
    return {
      type: "object",
      properties,
      required,
      ...(this.#chance(0.2) ? { additionalProperties: this.#pick([false, this.#schema(depth - 2)]) } : {}),
      ...(this.#chance(0.1) ? { patternProperties: { "^[b-d]$": this.#schema(0), "^k": true } } : {}),
      ...(this.#chance(0.1) ? { propertyNames: { maxLength: 4 } } : {}),
      ...(this.#chance(0.1) ? { minProperties: this.#below(3) } : {}),
      ...(this.#chance(0.1) ? { maxProperties: 1 + this.#below(3) } : {}),
    };
  }

  #array(depth: number): JsonSchema {
    if (this.#chance(0.15))
      return { type: "array", items: { enum: [1, "b", null, true] }, uniqueItems: true, minItems: this.#below(4) };
    const minItems = this.#below(3);
    const prefix = this.#chance(0.3) ? { prefixItems: [this.#schema(depth - 1), this.#schema(0)] } : {};
    const items = this.#chance(0.8) ? { items: this.#schema(depth - 1) } : {};
    return { type: "array", ...prefix, ...items, minItems, maxItems: minItems + this.#below(3) };
  }

  #union(depth: number): JsonSchema {
    const branch = (kind: string): JsonSchema => ({
      type: "object",
      properties: { kind: { const: kind }, value: this.#schema(depth - 1) },
      required: ["kind"],
    });
    return { oneOf: [branch("one"), branch("two"), { type: "integer", minimum: 5, maximum: 9 }] };
  }

  #recursive(depth: number): JsonSchema {
    const name = `node${Object.keys(this.#definitions).length}`;
    const node = { $ref: `#/$defs/${name}` };
    this.#definitions[name] = true;
    this.#definitions[name] = {
      type: "object",
      properties: { value: this.#schema(depth - 2), next: node, all: { type: "array", items: node, maxItems: 2 } },
      required: ["value"],
    };
    return node;
  }

  #value(depth = 2): unknown {
    const values = [null, true, false, 0, -3, 1.5, "", "a", 'b"\\\n', "é😀"];
    if (depth === 0 || this.#chance(0.7)) return this.#pick(values);
    return this.#chance(0.5)
      ? [this.#value(depth - 1), this.#value(0)]
      : { [this.#pick(words)]: this.#value(depth - 1) };
  }

  #chance(share: number): boolean {
    return this.#random.uniform() < share;
  }

  #below(end: number): number {
    return this.#random.below(end);
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[this.#below(values.length)] as Value;
  }
}
