/** Schemas without references and combinations: what must hold for each type of value. */
import { requireTime } from "../patience.js";
import type { NumberBounds } from "./numbers.js";
import type { SchemaPart } from "./json-schema.js";

export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

export const jsonTypes: readonly JsonType[] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/** One schema's keywords for objects; several may speak of the same object. */
export interface ObjectPart {
  readonly properties: ReadonlyMap<string, SchemaPart>;
  readonly patterns: readonly { readonly source: string; readonly part: SchemaPart }[];
  readonly additional: SchemaPart | undefined;
}

/** One schema's keywords for arrays. */
export interface ArrayPart {
  readonly prefix: readonly SchemaPart[];
  readonly items: SchemaPart | undefined;
}

export interface FlatSchema {
  /** Where it stands. */
  readonly path: string;
  /** Undefined where every type is allowed. */
  readonly types: ReadonlySet<JsonType> | undefined;
  /** The only values allowed, where they are listed. */
  readonly values: readonly unknown[] | undefined;
  /** Values that are not allowed. */
  readonly excluded: readonly unknown[];
  readonly number: Omit<NumberBounds, "integer">;
  readonly string: StringRules;
  readonly array: ArrayRules;
  readonly object: ObjectRules;
}

export interface StringRules {
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly string[];
  readonly formats: readonly string[];
}

export interface ArrayRules {
  readonly parts: readonly ArrayPart[];
  readonly min: number;
  readonly max: number;
  readonly unique: boolean;
}

export interface ObjectRules {
  readonly parts: readonly ObjectPart[];
  readonly required: readonly string[];
  readonly names: readonly SchemaPart[];
  readonly min: number;
  readonly max: number;
  /** Properties that no part knows are not allowed. */
  readonly closed: boolean;
}

/** What both allow; undefined where that is nothing. */
export function merge(one: FlatSchema, other: FlatSchema): FlatSchema | undefined {
  const types = commonTypes(one.types, other.types);
  if (types?.size === 0) return undefined;
  const values = commonValues(one.values, other.values);
  if (values?.length === 0) return undefined;
  return {
    path: one.path,
    types,
    values,
    excluded: [...one.excluded, ...other.excluded],
    number: {
      minimum: bound(Math.max, one.number.minimum, other.number.minimum),
      maximum: bound(Math.min, one.number.maximum, other.number.maximum),
      exclusiveMinimum: bound(Math.max, one.number.exclusiveMinimum, other.number.exclusiveMinimum),
      exclusiveMaximum: bound(Math.min, one.number.exclusiveMaximum, other.number.exclusiveMaximum),
      multipleOf: [...(one.number.multipleOf ?? []), ...(other.number.multipleOf ?? [])],
    },
    string: {
      minLength: Math.max(one.string.minLength, other.string.minLength),
      maxLength: Math.min(one.string.maxLength, other.string.maxLength),
      patterns: [...one.string.patterns, ...other.string.patterns],
      formats: [...one.string.formats, ...other.string.formats],
    },
    array: {
      parts: [...one.array.parts, ...other.array.parts],
      min: Math.max(one.array.min, other.array.min),
      max: Math.min(one.array.max, other.array.max),
      unique: one.array.unique || other.array.unique,
    },
    object: {
      parts: [...one.object.parts, ...other.object.parts],
      required: [...new Set([...one.object.required, ...other.object.required])],
      names: [...one.object.names, ...other.object.names],
      min: Math.max(one.object.min, other.object.min),
      max: Math.min(one.object.max, other.object.max),
      closed: one.object.closed || other.object.closed,
    },
  };
}

/** The types that a grammar for it makes: where it names none, those that it speaks of; undefined for all. */
export function madeTypes(flat: FlatSchema): ReadonlySet<JsonType> | undefined {
  if (flat.types !== undefined) return flat.types;
  const { number, string, array, object } = flat;
  const types = new Set<JsonType>();
  if (Object.entries(number).some(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== undefined)))
    types.add("number");
  if (string.minLength > 0 || string.maxLength < Infinity || string.patterns.length + string.formats.length > 0)
    types.add("string");
  if (array.parts.length > 0 || array.min > 0 || array.max < Infinity || array.unique) types.add("array");
  if (object.parts.length + object.required.length + object.names.length > 0 || object.min > 0 || object.max < Infinity)
    types.add("object");
  return types.size === 0 ? undefined : types;
}

/** Whether two JSON values are the same. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => sameJson(value, other[index]));
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (Array.isArray(one) || Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) =>
        Object.hasOwn(other, key) &&
        sameJson((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
    )
  );
}

function commonTypes(one: FlatSchema["types"], other: FlatSchema["types"]): FlatSchema["types"] {
  if (one === undefined || other === undefined) return one ?? other;
  const has = (types: ReadonlySet<JsonType>, type: JsonType): boolean =>
    types.has(type) || (type === "integer" && types.has("number"));
  return new Set(jsonTypes.filter((type) => has(one, type) && has(other, type)));
}

function commonValues(one: FlatSchema["values"], other: FlatSchema["values"]): FlatSchema["values"] {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((value) => {
    requireTime();
    return other.some((also) => sameJson(value, also));
  });
}

function bound(
  choose: (...values: number[]) => number,
  one: number | undefined,
  other: number | undefined,
): number | undefined {
  const given = [one, other].filter((value) => value !== undefined);
  return given.length === 0 ? undefined : choose(...given);
}
