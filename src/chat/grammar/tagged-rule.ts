/** The grammar of arguments that are written one by one. */
import { type ArgumentsSyntax, GEMMA_QUOTE, KEY_MARK, typeOfValue, type ValueType } from "../answer/answer-syntax.js";
import { acceptsFlat } from "../schema/accepts.js";
import { complement, type Dfa, intersect, isEmpty, toDfa } from "../schema/automaton/dfa.js";
import { anything, literal, sequence } from "../schema/automaton/expression.js";
import { namedProperties, propertyPart } from "../schema/children.js";
import { type FlatSchema, type JsonType, madeTypes } from "../schema/flat.js";
import { either, plainSpelling, quoted } from "../schema/gbnf.js";
import { type SchemaPart, unsupported } from "../schema/json-schema.js";
import { everyType, type SchemaGrammar } from "../schema/schema-grammar.js";
import { lengthDfa, textDfa } from "../schema/texts.js";

type Tagged = Extract<ArgumentsSyntax, { kind: "tagged" }>;

interface Argument {
  readonly rule: string;
  readonly required: boolean;
}

/** The rule of all arguments of a tool. @throws {MullamaError} `SCHEMA_UNSUPPORTED` */
export function taggedRule(grammar: SchemaGrammar, syntax: Tagged): string {
  const { document } = grammar;
  const ways = document
    .alternatives(document.root)
    .filter((flat) => madeTypes(flat)?.has("object") !== false)
    .flatMap((flat) => objectRule(grammar, syntax, flat) ?? []);
  if (ways.length === 0) throw unsupported("#", "allows no object, which the arguments of a tool are");
  return either(ways);
}

function objectRule(grammar: SchemaGrammar, syntax: Tagged, flat: FlatSchema): string | undefined {
  const rules = flat.object;
  const given: Argument[] = [];
  for (const key of namedProperties(rules)) {
    const value = valueRule(grammar, syntax, key, propertyPart(grammar.document, rules, key));
    const required = rules.required.includes(key);
    if (value !== undefined) given.push({ rule: `${quoted(syntax.beforeKey + key)} ${value}`, required });
    else if (required) return undefined;
  }
  const from = (index: number, follows: boolean): string => {
    const argument = given[index];
    if (argument === undefined) return '""';
    const separator = follows && syntax.separator !== "" ? `${quoted(syntax.separator)} ` : "";
    const ways = [`${separator}${argument.rule} ${from(index + 1, true)}`];
    if (!argument.required) ways.push(from(index + 1, follows));
    return grammar.writer.rule("arguments", ways.join(" | "));
  };
  return from(0, false);
}

/** What stands behind a key. */
function valueRule(grammar: SchemaGrammar, syntax: Tagged, key: string, part: SchemaPart): string | undefined {
  const after = quoted(syntax.afterValue.replaceAll(KEY_MARK, key));
  const ways = grammar.document.alternatives(part).flatMap((flat) =>
    waysOf(grammar, syntax, key, flat).map(({ type, rule }) => {
      const before = quoted(syntax.beforeValue[type]);
      return `${before} ${rule} ${after}`;
    }),
  );
  return ways.length === 0 ? undefined : grammar.writer.rule("argument", [...new Set(ways)].join(" | "));
}

interface Way {
  readonly type: ValueType;
  readonly rule: string;
}

function waysOf(grammar: SchemaGrammar, syntax: Tagged, key: string, flat: FlatSchema): Way[] {
  const { values: form } = syntax;
  if (flat.values !== undefined) {
    const end = endOf(syntax, key);
    return flat.values
      .filter((value) => acceptsFlat(grammar.document, flat, value))
      .filter((value) => typeof value !== "string" || !isBare(form) || !value.includes(end))
      .map((value) => ({ type: typeOfValue(value), rule: quoted(spelled(value, form)) }));
  }
  return [...(madeTypes(flat) ?? everyType)].flatMap((type): Way[] => {
    const rule =
      type === "string" && isBare(form)
        ? rawText(grammar, syntax, key, flat)
        : respelled(grammar.typed(type, flat), type, form);
    return rule === undefined ? [] : [{ type: type === "integer" ? "number" : type, rule }];
  });
}

/** Whether strings are written as they are. */
function isBare(form: Tagged["values"]): boolean {
  return form === "raw" || form === "gemma";
}

/** What ends a string that is written as it is. */
function endOf({ values, afterValue }: Tagged, key: string): string {
  return values === "gemma" ? GEMMA_QUOTE : afterValue.replaceAll(KEY_MARK, key).trim();
}

/** A value as it is written, where it is one of a few. */
function spelled(value: unknown, form: Tagged["values"]): string {
  if (typeof value === "string" && form === "raw") return value;
  if (typeof value === "string" && form === "gemma") return `${GEMMA_QUOTE}${value}${GEMMA_QUOTE}`;
  const json = JSON.stringify(value);
  return form === "python" && (value === null || typeof value === "boolean") ? pythonWords(json) : json;
}

function respelled(rule: string | undefined, type: JsonType, form: Tagged["values"]): string | undefined {
  const word = type === "boolean" || type === "null";
  return rule === undefined || form !== "python" || !word ? rule : pythonWords(rule);
}

function pythonWords(text: string): string {
  return text.replace("true", "True").replace("false", "False").replace("null", "None");
}

/** A string without quotation marks, which must not hold what ends it. */
function rawText(grammar: SchemaGrammar, syntax: Tagged, key: string, flat: FlatSchema): string | undefined {
  const gemma = syntax.values === "gemma";
  const dfa = [...textRules(flat), withoutText(endOf(syntax, key))].reduce(intersect);
  if (isEmpty(dfa)) return undefined;
  const text = grammar.writer.automaton(dfa, plainSpelling, "text");
  return gemma ? `${quoted(GEMMA_QUOTE)} ${text} ${quoted(GEMMA_QUOTE)}` : text;
}

function textRules(flat: FlatSchema): Dfa[] {
  const dfa = textDfa(flat);
  if (dfa !== undefined) return [dfa];
  const { minLength, maxLength } = flat.string;
  return minLength === 0 && maxLength === Infinity ? [] : [lengthDfa(flat.path, minLength, maxLength)];
}

/** Every text that another is no part of. */
export function withoutText(part: string): Dfa {
  return complement(toDfa(sequence(anything, literal(part), anything)));
}
