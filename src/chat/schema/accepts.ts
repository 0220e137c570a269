/** Whether a value keeps a schema, and whether two schemas may have a value in common. */
import { requireTime } from "../patience.js";
import { type FlatSchema, type JsonType, madeTypes, type ObjectRules, sameJson } from "./flat.js";
import { isRecord, type SchemaPart } from "./json-schema.js";
import { itemPart, makesProperty, propertyPart } from "./children.js";
import type { SchemaDocument } from "./schema-document.js";
import { acceptsText, textsOverlap } from "./texts.js";

export function accepts(document: SchemaDocument, part: SchemaPart, value: unknown): boolean {
  return document.alternatives(part).some((flat) => acceptsFlat(document, flat, value));
}

export function acceptsFlat(document: SchemaDocument, flat: FlatSchema, value: unknown): boolean {
  requireTime();
  const type = typeOf(value);
  if (flat.types !== undefined && !flat.types.has(type) && !(type === "integer" && flat.types.has("number")))
    return false;
  if (flat.values?.some((one) => sameJson(one, value)) === false) return false;
  if (flat.excluded.some((one) => sameJson(one, value))) return false;
  if (typeof value === "number") return acceptsNumber(flat.number, value);
  if (typeof value === "string") return acceptsText(flat, value);
  if (Array.isArray(value)) return acceptsArray(document, flat, value);
  if (isRecord(value)) return acceptsObject(document, flat.object, value);
  return true;
}

/** Whether what a grammar for `made` makes may be what `taken` allows. When in doubt, it may. */
export function mayOverlap(document: SchemaDocument, made: FlatSchema, taken: FlatSchema): boolean {
  requireTime();
  if (made.values !== undefined)
    return made.values.some((value) => acceptsFlat(document, made, value) && acceptsFlat(document, taken, value));
  if (taken.values !== undefined) return taken.values.some((value) => acceptsFlat(document, made, value));
  const makes = madeTypes(made);
  const types = [...(makes ?? everyType)].filter(
    (type) =>
      taken.types === undefined ||
      taken.types.has(type) ||
      (type === "integer" && taken.types.has("number")) ||
      (type === "number" && taken.types.has("integer")),
  );
  return types.some((type) => {
    if (type === "number" || type === "integer") return numbersOverlap(made.number, taken.number);
    if (type === "string") return textsOverlap(made, taken);
    if (type === "array") return arraysOverlap(document, made, taken);
    if (type === "object") return objectsOverlap(document, made, taken);
    return true;
  });
}

const everyType: readonly JsonType[] = ["null", "boolean", "number", "string", "array", "object"];

function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "string" || typeof value === "boolean") return typeof value as "string" | "boolean";
  return "object";
}

function acceptsNumber(rules: FlatSchema["number"], value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = rules;
  const inside = value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum;
  return inside && (rules.multipleOf ?? []).every((step) => Math.abs(value / step - Math.round(value / step)) < 1e-9);
}

function acceptsArray(document: SchemaDocument, { array }: FlatSchema, value: readonly unknown[]): boolean {
  if (value.length < array.min || value.length > array.max) return false;
  if (array.unique && value.some((one, index) => value.slice(index + 1).some((other) => sameJson(one, other))))
    return false;
  return value.every((item, index) => accepts(document, itemPart(document, array, index), item));
}

function acceptsObject(
  document: SchemaDocument,
  rules: ObjectRules,
  value: Readonly<Record<string, unknown>>,
): boolean {
  const keys = Object.keys(value);
  if (keys.length < rules.min || keys.length > rules.max) return false;
  if (!rules.required.every((name) => Object.hasOwn(value, name))) return false;
  return keys.every(
    (key) =>
      rules.names.every((names) => accepts(document, names, key)) &&
      accepts(document, propertyPart(document, rules, key), value[key]),
  );
}

function numbersOverlap(one: FlatSchema["number"], other: FlatSchema["number"]): boolean {
  const low = Math.max(
    ...[one, other].flatMap(({ minimum = -Infinity, exclusiveMinimum = -Infinity }) => [minimum, exclusiveMinimum]),
  );
  const high = Math.min(
    ...[one, other].flatMap(({ maximum = Infinity, exclusiveMaximum = Infinity }) => [maximum, exclusiveMaximum]),
  );
  if (low !== high) return low < high;
  return [one, other].every((rules) => rules.exclusiveMinimum !== low && rules.exclusiveMaximum !== low);
}

function arraysOverlap(document: SchemaDocument, { array: one }: FlatSchema, { array: other }: FlatSchema): boolean {
  const min = Math.max(one.min, other.min);
  if (min > Math.min(one.max, other.max)) return false;
  const certain = Math.min(min, Math.max(...[...one.parts, ...other.parts].map(({ prefix }) => prefix.length), 1));
  return Array.from({ length: certain }, (_, index) => index).every((index) =>
    partsOverlap(document, itemPart(document, one, index), itemPart(document, other, index)),
  );
}

function objectsOverlap(
  document: SchemaDocument,
  { object: made }: FlatSchema,
  { object: taken }: FlatSchema,
): boolean {
  if (!taken.required.every((name) => makesProperty(made, name))) return false;
  // A value that both allow has what either requires.
  return [...made.required, ...taken.required].every((name) =>
    partsOverlap(document, propertyPart(document, made, name), propertyPart(document, taken, name)),
  );
}

function partsOverlap(document: SchemaDocument, made: SchemaPart, taken: SchemaPart): boolean {
  const others = document.alternatives(taken);
  return document.alternatives(made).some((one) => others.some((other) => mayOverlap(document, one, other)));
}
