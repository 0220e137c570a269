/** Reads the keywords of one schema that say something by themselves. */
import { numberFormats, openFormats } from "./formats.js";
import { type ArrayPart, type FlatSchema, type JsonType, jsonTypes, type ObjectPart } from "./flat.js";
import {
  below,
  isCount,
  isList,
  isNumber,
  isRecord,
  isString,
  isStrings,
  type JsonSchemaObject,
  keyword,
  malformed,
  type SchemaPart,
  unsupported,
} from "./json-schema.js";

const impossible: Readonly<Record<string, string>> = {
  if: "asks for one thing to depend on another",
  dependentSchemas: "asks for one thing to depend on another",
  dependentRequired: "asks for one property to depend on another",
  dependencies: "asks for one property to depend on another",
  contains: "asks for an item somewhere in an array",
  $dynamicRef: "is a dynamic reference",
  $recursiveRef: "is a recursive reference of draft 2019-09",
};

/** What a schema says, but for its references and combinations. */
export function readKeywords(part: SchemaPart, schema: JsonSchemaObject): FlatSchema {
  const { path } = part;
  for (const [name, why] of Object.entries(impossible)) {
    if (schema[name] !== undefined)
      throw unsupported(`${path}/${name}`, why, "Leave it out, or list the cases under anyOf.");
  }
  const strings = readString(path, schema);
  return {
    path,
    types: readTypes(path, schema),
    values: readValues(path, schema),
    excluded: [],
    number: readNumber(path, schema),
    string: strings,
    array: readArray(part, schema),
    object: readObject(part, schema),
  };
}

function readTypes(path: string, schema: JsonSchemaObject): ReadonlySet<JsonType> | undefined {
  const { type } = schema;
  if (type === undefined) return undefined;
  const names = isString(type) ? [type] : type;
  const isType = (name: unknown): name is JsonType => jsonTypes.includes(name as JsonType);
  if (!isList(names) || names.length === 0 || !names.every(isType))
    throw malformed(`${path}/type`, `of ${jsonTypes.join(", ")}, or a list of them`, type);
  return new Set(schema["nullable"] === true ? [...names, "null"] : names);
}

function readValues(path: string, schema: JsonSchemaObject): readonly unknown[] | undefined {
  const values = keyword(schema, "enum", path, "a list with at least one value", isList);
  if (values?.length === 0) throw malformed(`${path}/enum`, "a list with at least one value", values);
  return Object.hasOwn(schema, "const") ? [schema["const"]] : values;
}

function readNumber(path: string, schema: JsonSchemaObject): FlatSchema["number"] {
  const number = (name: string): number | undefined => keyword(schema, name, path, "a finite number", isNumber);
  const step = number("multipleOf");
  if (step !== undefined && step <= 0) throw malformed(`${path}/multipleOf`, "greater than 0", step);
  const format = isString(schema["format"]) ? numberFormats[schema["format"]] : undefined;
  const minimum = number("minimum") ?? format?.minimum;
  const maximum = number("maximum") ?? format?.maximum;
  // Draft 4 has booleans here.
  const exclusive = (name: string, limit: number | undefined): number | undefined =>
    schema[name] === true ? limit : schema[name] === false ? undefined : number(name);
  return {
    minimum,
    maximum,
    exclusiveMinimum: exclusive("exclusiveMinimum", minimum),
    exclusiveMaximum: exclusive("exclusiveMaximum", maximum),
    multipleOf: step === undefined ? [] : [step],
  };
}

function readString(path: string, schema: JsonSchemaObject): FlatSchema["string"] {
  const pattern = keyword(schema, "pattern", path, "a regular expression", isString);
  const format = keyword(schema, "format", path, "a format's name", isString);
  const isOpen = format === undefined || openFormats.has(format) || Object.hasOwn(numberFormats, format);
  return {
    minLength: keyword(schema, "minLength", path, "a whole number from 0 on", isCount) ?? 0,
    maxLength: keyword(schema, "maxLength", path, "a whole number from 0 on", isCount) ?? Infinity,
    patterns: pattern === undefined ? [] : [pattern],
    formats: isOpen ? [] : [format],
  };
}

function readArray(part: SchemaPart, schema: JsonSchemaObject): FlatSchema["array"] {
  const { path } = part;
  const prefix = keyword(schema, "prefixItems", path, "a list of schemas", isList);
  const { items, additionalItems } = schema;
  // Draft 7 has a list under `items`, and what comes behind it under `additionalItems`.
  const listed = prefix ?? (isList(items) ? items : undefined);
  const rest = isList(items) ? additionalItems : items;
  const says = listed !== undefined || rest !== undefined || schema["unevaluatedItems"] === false;
  const arrayPart: ArrayPart = {
    prefix: (listed ?? []).map((item, index) => below(part, `prefixItems/${index}`, item)),
    items:
      rest === undefined
        ? schema["unevaluatedItems"] === false
          ? { schema: false, path: `${path}/unevaluatedItems` }
          : undefined
        : below(part, "items", rest),
  };
  return {
    parts: says ? [arrayPart] : [],
    min: keyword(schema, "minItems", path, "a whole number from 0 on", isCount) ?? 0,
    max: keyword(schema, "maxItems", path, "a whole number from 0 on", isCount) ?? Infinity,
    unique: schema["uniqueItems"] === true,
  };
}

function readObject(part: SchemaPart, schema: JsonSchemaObject): FlatSchema["object"] {
  const { path } = part;
  const properties = keyword(schema, "properties", path, "an object of schemas", isRecord);
  const patterns = keyword(schema, "patternProperties", path, "an object of schemas", isRecord);
  const { additionalProperties: additional, propertyNames: names } = schema;
  const says = properties !== undefined || patterns !== undefined || additional !== undefined;
  const objectPart: ObjectPart = {
    properties: new Map(
      Object.entries(properties ?? {}).map(([name, value]) => [name, below(part, `properties/${name}`, value)]),
    ),
    patterns: Object.entries(patterns ?? {}).map(([source, value]) => ({
      source,
      part: below(part, `patternProperties/${source}`, value),
    })),
    additional: additional === undefined ? undefined : below(part, "additionalProperties", additional),
  };
  return {
    parts: says ? [objectPart] : [],
    required: keyword(schema, "required", path, "a list of names", isStrings) ?? [],
    names: names === undefined ? [] : [below(part, "propertyNames", names)],
    min: keyword(schema, "minProperties", path, "a whole number from 0 on", isCount) ?? 0,
    max: keyword(schema, "maxProperties", path, "a whole number from 0 on", isCount) ?? Infinity,
    closed: schema["unevaluatedProperties"] === false,
  };
}
