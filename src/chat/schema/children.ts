/** What the parts of a schema say together of an object's properties and an array's items. */
import { matches } from "./automaton/dfa.js";
import type { ArrayRules, ObjectPart, ObjectRules } from "./flat.js";
import type { SchemaPart } from "./json-schema.js";
import type { SchemaDocument } from "./schema-document.js";
import { patternDfa } from "./texts.js";

/** The names that the schemas know, in their order; required ones that no schema describes come last. */
export function namedProperties({ parts, required }: ObjectRules): readonly string[] {
  return [...new Set([...parts.flatMap(({ properties }) => [...properties.keys()]), ...required])];
}

/** Whether properties are made that no schema names: where schemas ask for them, or name none. */
export function makesOthers({ parts, closed }: ObjectRules): boolean {
  if (closed && !parts.some(({ additional }) => additional !== undefined)) return false;
  const named = parts.some(({ properties, patterns }) => properties.size + patterns.length > 0);
  return !named || parts.some(({ additional }) => additional !== undefined);
}

/** What one schema says of a property, not counting what it says of all others. */
function ownParts({ properties, patterns }: ObjectPart, name: string): SchemaPart[] {
  const known = properties.get(name);
  const also = patterns.filter(({ source, part: { path } }) => matches(patternDfa(source, path), name));
  return [...(known === undefined ? [] : [known]), ...also.map(({ part }) => part)];
}

/** What the schemas say of a property, read as JSON Schema reads them: what none speaks of is allowed. */
export function propertyPart(document: SchemaDocument, { parts }: ObjectRules, name: string): SchemaPart {
  return document.allOf(
    parts.flatMap((part) => {
      const own = ownParts(part, name);
      return own.length === 0 && part.additional !== undefined ? [part.additional] : own;
    }),
  );
}

/** Whether objects with such a property are made. */
export function makesProperty(rules: ObjectRules, name: string): boolean {
  return (
    makesOthers(rules) || rules.required.includes(name) || rules.parts.some((part) => ownParts(part, name).length > 0)
  );
}

/** What an item must be. */
export function itemPart(document: SchemaDocument, { parts }: ArrayRules, index: number): SchemaPart {
  return document.allOf(parts.flatMap(({ prefix, items }) => prefix[index] ?? (items === undefined ? [] : [items])));
}

/** How many items have a place of their own. */
export function prefixLength({ parts }: ArrayRules): number {
  return Math.max(0, ...parts.map(({ prefix }) => prefix.length));
}

/** Whether items are made behind those with a place of their own. */
export function makesMoreItems({ parts, min }: ArrayRules): boolean {
  const prefix = prefixLength({ parts, min, max: 0, unique: false });
  return prefix === 0 || min > prefix || parts.some(({ items }) => items !== undefined);
}
