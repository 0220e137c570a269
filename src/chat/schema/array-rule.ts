/** The grammar of arrays: items with a place of their own, then more of one kind. */
import { accepts } from "./accepts.js";
import { itemPart, makesMoreItems, prefixLength } from "./children.js";
import { type FlatSchema, sameJson } from "./flat.js";
import { either, quoted } from "./gbnf.js";
import { unsupported } from "./json-schema.js";
import type { SchemaGrammar } from "./schema-grammar.js";

/** Each set of values that have come is a rule of its own. */
const MAX_UNIQUE = 8;

export function arrayRule(grammar: SchemaGrammar, flat: FlatSchema): string | undefined {
  const { array: rules, path } = flat;
  const { document, writer, space } = grammar;
  const comma = `"," ${space}`;
  if (rules.unique && rules.max > 1) return uniqueItems(grammar, flat);
  const prefix = prefixLength(rules);
  const items: string[] = [];
  let { max } = rules;
  for (let index = 0; index < Math.min(prefix, max); index++) {
    const part = itemPart(document, rules, index);
    const item = index < rules.min ? grammar.value(part) : grammar.optionally(() => grammar.value(part));
    if (item === undefined) max = index;
    else items.push(item);
  }
  const restPart = itemPart(document, rules, prefix);
  const rest =
    max <= prefix || !makesMoreItems(rules)
      ? undefined
      : prefix < rules.min
        ? grammar.value(restPart)
        : grammar.optionally(() => grammar.value(restPart));
  if (rest === undefined) max = Math.min(max, prefix);
  if (rules.min > max) return undefined;

  const tail = (index: number): string => {
    const item = items[index] ?? rest;
    if (index >= max || item === undefined) return '""';
    if (index >= prefix && index > 0) {
      return writer.repeat(`(${comma} ${item})`, Math.max(0, rules.min - index), max - index, "items");
    }
    const next = `${index > 0 ? `${comma} ` : ""}${item} ${tail(index + 1)}`;
    return index < rules.min ? next : either([next, '""']);
  };
  if (prefix > 100) throw unsupported(`${path}/prefixItems`, "has over 100 items");
  return `"[" ${space} ${tail(0)} ${space} "]"`;
}

/** Arrays of listed values, of which none comes twice. */
function uniqueItems(grammar: SchemaGrammar, flat: FlatSchema): string | undefined {
  const { array: rules, path } = flat;
  const { document, writer, space } = grammar;
  const part = itemPart(document, rules, 0);
  const flats = document.alternatives(part);
  const values = flats
    .flatMap(
      (item) => item.values ?? (item.types?.size === 1 && item.types.has("boolean") ? [true, false] : [undefined]),
    )
    .filter((value, index, all) => all.findIndex((other) => sameJson(value, other)) === index)
    .filter((value) => value === undefined || accepts(document, part, value));
  if (prefixLength(rules) > 0 || values.includes(undefined) || values.length > MAX_UNIQUE) {
    throw unsupported(
      `${path}/uniqueItems`,
      `asks for different items, which a grammar can only tell apart where they are one of ${MAX_UNIQUE} listed values`,
      "Leave it out and check the result, or list the values under enum.",
    );
  }
  const known = new Map<number, string | undefined>();
  const from = (used: number, count: number): string | undefined => {
    if (known.has(used)) return known.get(used);
    const ways = values.flatMap((value, index) => {
      if ((used & (1 << index)) !== 0 || count >= rules.max) return [];
      const after = from(used | (1 << index), count + 1);
      return after === undefined
        ? []
        : [`${count > 0 ? `"," ${space} ` : ""}${quoted(JSON.stringify(value))} ${after}`];
    });
    if (count >= rules.min) ways.push('""');
    const rule = ways.length === 0 ? undefined : writer.rule("unique", ways.join(" | "));
    known.set(used, rule);
    return rule;
  };
  const body = from(0, 0);
  return body === undefined ? undefined : `"[" ${space} ${body} ${space} "]"`;
}
