/** Finds the form of arguments that are written one by one, such as `<parameter=city>Rome</parameter>`. */
import {
  type ArgumentsSyntax,
  GEMMA_QUOTE,
  KEY_MARK,
  type ValueForm,
  type ValueType,
} from "../answer/answer-syntax.js";
import type { ToolCall } from "../message.js";
import { words } from "./probe.js";
import { commonEnd, commonStart } from "./text-cut.js";

type Tagged = Extract<ArgumentsSyntax, { kind: "tagged" }>;
interface Span {
  readonly start: number;
  readonly end: number;
}

export function findTaggedArguments(
  one: string,
  call: ToolCall,
  write: (call: ToolCall) => string | undefined,
): { readonly syntax: Tagged; spans(text: string): Span[] } | undefined {
  const shape = findShape(one, call.name);
  if (shape === undefined) return undefined;
  const { beforeKey, separator, afterValue, values, valueOpen } = shape;
  const between = (value: unknown): string | undefined => {
    const text = write({ ...call, arguments: { [words.key]: value } });
    return text === undefined ? undefined : beforeValue(text, value, afterValue, values);
  };
  const string = shape.between;
  const number = between(words.number) ?? string;
  const found = {
    string,
    number,
    boolean: between(true) ?? number,
    null: between(null) ?? number,
    array: between([words.number]) ?? number,
    object: between({ zqinner: words.number }) ?? number,
  } satisfies Record<ValueType, string>;
  const syntax: Tagged = { kind: "tagged", separator, beforeKey, beforeValue: found, afterValue, values };
  return { syntax, spans: (text) => spansOf(text, syntax, valueOpen) };
}

interface Shape {
  readonly beforeKey: string;
  readonly between: string;
  readonly separator: string;
  readonly afterValue: string;
  readonly values: ValueForm;
  /** What a string begins with, such as a quotation mark. */
  readonly valueOpen: string;
}

function findShape(text: string, name: string): Shape | undefined {
  const key = text.indexOf(words.key);
  const value = text.indexOf(words.value, key);
  const secondKey = text.indexOf(words.secondKey, value);
  const second = text.indexOf(String(words.number), secondKey);
  const named = text.lastIndexOf(name, key);
  if (key < 0 || value < 0 || secondKey < 0 || second < 0 || named < 0) return undefined;
  const { values, open, close } = quotesAround(text, value);
  const before = text.slice(named + name.length, key);
  const middle = text.slice(value + words.value.length + close.length, secondKey).replaceAll(words.key, KEY_MARK);
  const rest = text.slice(second + String(words.number).length).replaceAll(words.secondKey, KEY_MARK);
  const beforeKey = commonEnd(before, middle);
  const left = middle.slice(0, middle.length - beforeKey.length);
  const afterValue = commonStart(left, rest);
  return {
    beforeKey,
    between: text.slice(key + words.key.length, value - open.length),
    separator: left.slice(afterValue.length),
    afterValue,
    values,
    valueOpen: open,
  };
}

/** How strings are quoted, if they are. */
function quotesAround(text: string, at: number): { values: ValueForm; open: string; close: string } {
  const end = at + words.value.length;
  const forms = [
    ["gemma", GEMMA_QUOTE],
    ["python", "'"],
    ["json", '"'],
  ] as const;
  for (const [values, quote] of forms) {
    if (text.slice(0, at).endsWith(quote) && text.startsWith(quote, end)) return { values, open: quote, close: quote };
  }
  return { values: "raw", open: "", close: "" };
}

/** What stands between the key and the value, of which it is not known how it is written. */
function beforeValue(text: string, value: unknown, afterValue: string, form: ValueForm): string | undefined {
  const key = text.indexOf(words.key);
  const json = JSON.stringify(value);
  const python = json.replace("true", "True").replace("null", "None").replaceAll('"', "'");
  const spaced = [json, python].map((one) => one.replace(":", ": "));
  const bare = json.replaceAll('"', "");
  const from = key + words.key.length;
  const end = afterValue === "" ? text.length : text.indexOf(afterValue.replaceAll(KEY_MARK, words.key), from);
  const whole = text.slice(from, end < 0 ? undefined : end);
  const spelled = [json, python, ...spaced, ...(form === "gemma" ? [bare] : [])];
  const found = spelled.map((one) => whole.indexOf(one)).filter((at) => at >= 0);
  return key < 0 || found.length === 0 ? undefined : whole.slice(0, Math.min(...found));
}

/** Where the arguments of each call stand: from before the first key to behind the last value. */
function spansOf(text: string, syntax: Tagged, valueOpen: string): Span[] {
  const spans: Span[] = [];
  const after = syntax.afterValue.replaceAll(KEY_MARK, words.secondKey);
  for (let at = text.indexOf(words.key); at >= 0;) {
    const second = text.indexOf(words.secondKey, at);
    const number = text.indexOf(String(words.number), second);
    if (second < 0 || number < 0) break;
    const end = number + String(words.number).length;
    const behind = text.startsWith(after, end) ? end + after.length : end;
    spans.push({ start: at - syntax.beforeKey.length, end: behind });
    at = text.indexOf(words.key + syntax.beforeValue.string + valueOpen, behind);
  }
  return spans;
}
