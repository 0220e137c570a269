/** A whole schema: follows its references, and takes its combinations apart. */
import { requireTime } from "../patience.js";
import { type FlatSchema, type JsonType, jsonTypes, merge } from "./flat.js";
import {
  below,
  isList,
  isRecord,
  isSchema,
  isString,
  type JsonSchema,
  type JsonSchemaObject,
  keyword,
  malformed,
  type SchemaPart,
  unsupported,
} from "./json-schema.js";
import { readKeywords } from "./read-keywords.js";

/** Combinations of combinations: more would make a grammar that is slow. */
const MAX_ALTERNATIVES = 500;

/** Says why two branches of a `oneOf` may both hold, or undefined where they cannot. */
export type OverlapCheck = (one: FlatSchema, other: FlatSchema) => boolean;

export class SchemaDocument {
  readonly #root: SchemaPart;
  readonly #overlap: OverlapCheck;
  readonly #known = new Map<JsonSchemaObject, readonly FlatSchema[]>();
  readonly #open = new Set<JsonSchemaObject>();
  readonly #all = new Map<JsonSchema, { one: SchemaPart; rest: Map<JsonSchema, SchemaPart> }>();
  readonly #named = new Map<string, SchemaPart>();

  /** @param overlap whether there may be a value that one branch makes and another takes too */
  constructor(schema: JsonSchema, overlap: OverlapCheck) {
    this.#root = { schema, path: "#" };
    this.#overlap = overlap;
    this.#nameParts(this.#root);
  }

  get root(): SchemaPart {
    return this.#root;
  }

  /** What a schema allows, as schemas of which one must hold; none where nothing can. */
  alternatives(part: SchemaPart): readonly FlatSchema[] {
    requireTime();
    const { schema, path } = part;
    if (schema === false) return [];
    if (schema === true) return [readKeywords(part, {})];
    const known = this.#known.get(schema);
    if (known !== undefined) return known;
    if (this.#open.has(schema)) throw unsupported(path, "refers to itself without end");
    this.#open.add(schema);
    try {
      const found = this.#flatten(part, schema);
      this.#known.set(schema, found);
      return found;
    } finally {
      this.#open.delete(schema);
    }
  }

  /** One schema that says what several say; the same one for the same several. */
  allOf(parts: readonly SchemaPart[]): SchemaPart {
    const [first, ...rest] = parts;
    if (first === undefined) return { schema: true, path: "#" };
    return rest.reduce((one, other) => this.#both(one, other), first);
  }

  #both(one: SchemaPart, other: SchemaPart): SchemaPart {
    if (one.schema === true || other.schema === false) return other;
    if (other.schema === true || one.schema === false || one.schema === other.schema) return one;
    const entry = this.#all.get(one.schema) ?? { one, rest: new Map<JsonSchema, SchemaPart>() };
    this.#all.set(one.schema, entry);
    const known = entry.rest.get(other.schema);
    if (known !== undefined) return known;
    const made: SchemaPart = { schema: { allOf: [one.schema, other.schema] }, path: one.path };
    entry.rest.set(other.schema, made);
    return made;
  }

  #flatten(part: SchemaPart, schema: JsonSchemaObject): readonly FlatSchema[] {
    const { path } = part;
    let found: readonly FlatSchema[] = [readKeywords(part, schema)];
    const reference = keyword(schema, "$ref", path, "a reference", isString);
    if (reference !== undefined) found = cross(path, found, this.alternatives(this.#find(reference, path)));
    for (const branch of this.#branches(part, schema, "allOf")) found = cross(path, found, this.alternatives(branch));
    const any = this.#branches(part, schema, "anyOf");
    if (any.length > 0)
      found = cross(
        path,
        found,
        any.flatMap((branch) => this.alternatives(branch)),
      );
    const one = this.#branches(part, schema, "oneOf").map((branch) => this.alternatives(branch));
    if (one.length > 0) {
      found = cross(path, found, one.flat());
      this.#checkDisjoint(path, one);
    }
    return schema["not"] === undefined
      ? found
      : found.flatMap((flat) => without(flat, below(part, "not", schema["not"])));
  }

  #branches(part: SchemaPart, schema: JsonSchemaObject, name: string): SchemaPart[] {
    const list = keyword(schema, name, part.path, "a list of schemas", isList);
    if (list?.length === 0) throw malformed(`${part.path}/${name}`, "a list with at least one schema", list);
    return (list ?? []).map((branch, index) => below(part, `${name}/${index}`, branch));
  }

  #checkDisjoint(path: string, branches: readonly (readonly FlatSchema[])[]): void {
    branches.forEach((made, index) => {
      branches.forEach((also, against) => {
        if (index === against || !made.some((one) => also.some((other) => this.#overlap(one, other)))) return;
        throw unsupported(
          `${path}/oneOf`,
          `has branches ${Math.min(index, against)} and ${Math.max(index, against)}, which one value may both match`,
          "Use anyOf, or tell the branches apart by a property with a const.",
        );
      });
    });
  }

  #find(reference: string, path: string): SchemaPart {
    const named = this.#named.get(reference) ?? this.#named.get(reference.replace(/#$/, ""));
    if (named !== undefined) return named;
    const [base = "", pointer] = reference.split("#");
    const start = base === "" ? this.#root : this.#named.get(base);
    if (start === undefined || (pointer !== "" && pointer?.startsWith("/") !== true)) {
      throw unsupported(
        `${path}/$ref`,
        `refers to ${JSON.stringify(reference)}, which is not in this schema`,
        "Put it under $defs.",
      );
    }
    let at: unknown = start.schema;
    for (const step of pointer.split("/").slice(1)) {
      const key = unescaped(step)?.replaceAll("~1", "/").replaceAll("~0", "~");
      if (key === undefined) throw malformed(`${path}/$ref`, "a reference whose escapes are UTF-8", reference);
      const inside: unknown = isList(at)
        ? at[Number(key)]
        : isRecord(at) && Object.hasOwn(at, key)
          ? at[key]
          : undefined;
      if (inside === undefined) throw malformed(`${path}/$ref`, "a reference to a part of this schema", reference);
      at = inside;
    }
    if (!isSchema(at)) throw malformed(`${path}/$ref`, "a reference to a schema", reference);
    return { schema: at, path: `#${pointer}` };
  }

  /** Finds `$id` and `$anchor` anywhere. */
  #nameParts(root: SchemaPart): void {
    const seen = new Set<unknown>();
    const work: SchemaPart[] = [root];
    for (let part = work.pop(); part !== undefined; part = work.pop()) {
      const { schema, path } = part;
      if (seen.has(schema)) continue;
      seen.add(schema);
      if (!isRecord(schema)) continue;
      if (isString(schema["$id"])) this.#named.set(schema["$id"], part);
      if (isString(schema["$anchor"])) this.#named.set(`#${schema["$anchor"]}`, part);
      for (const [key, value] of Object.entries(schema)) {
        if (key === "enum" || key === "const" || key === "default" || key === "examples") continue;
        if (isRecord(value)) work.push({ schema: value, path: `${path}/${key}` });
        if (isList(value))
          value
            .filter(isRecord)
            .forEach((inner, index) => work.push({ schema: inner, path: `${path}/${key}/${index}` }));
      }
    }
  }
}

function unescaped(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}

/** Every pair that goes together. */
function cross(path: string, one: readonly FlatSchema[], other: readonly FlatSchema[]): readonly FlatSchema[] {
  if (one.length * other.length > MAX_ALTERNATIVES)
    throw unsupported(path, `has over ${MAX_ALTERNATIVES} combinations of alternatives`);
  return one.flatMap((left) => other.flatMap((right) => merge(left, right) ?? []));
}

/** A schema less what `not` names: nothing, certain values, or certain types. */
function without(flat: FlatSchema, { schema, path }: SchemaPart): FlatSchema[] {
  if (schema === false) return [flat];
  if (schema === true) return [];
  const keys = Object.keys(schema).filter((key) => key !== "$comment" && key !== "title" && key !== "description");
  if (keys.length === 0) return [];
  const [key] = keys;
  if (keys.length === 1 && key === "const") return [{ ...flat, excluded: [...flat.excluded, schema["const"]] }];
  if (keys.length === 1 && key === "enum" && isList(schema["enum"]))
    return [{ ...flat, excluded: [...flat.excluded, ...schema["enum"]] }];
  if (keys.length === 1 && key === "type") {
    const names = (isList(schema["type"]) ? schema["type"] : [schema["type"]]) as readonly JsonType[];
    const left = [...(flat.types ?? jsonTypes)].filter(
      (type) => !names.includes(type) && !(type === "integer" && names.includes("number")),
    );
    // Numbers that are not integers have no machine of their own.
    if (names.includes("integer") && left.includes("number"))
      throw unsupported(path, "leaves numbers without the integers");
    return left.length === 0 ? [] : [{ ...flat, types: new Set(left) }];
  }
  throw unsupported(path, "negates more than const, enum or type", "Say what is allowed instead.");
}
