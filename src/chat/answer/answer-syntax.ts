/** The form in which a model writes its answers: what it thinks, what it says, which tools it calls. */

/** The form of a whole answer. */
export interface AnswerSyntax {
  readonly reasoning: ReasoningSyntax;
  /** What stands before and behind what it says; mostly nothing. */
  readonly content: { readonly open: string; readonly close: string };
  readonly calls: CallSyntax;
}

/** What a model thinks, apart from what it says. */
export interface ReasoningSyntax {
  readonly open: string;
  readonly close: string;
}

/** Calls of tools, one behind the other. */
export interface CallSyntax {
  /** Before the first call. */
  readonly open: string;
  /** Between two; undefined where there can be one only. */
  readonly separator: string | undefined;
  /** Behind the last one. */
  readonly close: string;
  readonly call: readonly CallPart[];
  readonly arguments: ArgumentsSyntax;
  /** Where a call is a JSON object: the keys under which it has its parts, so that their order does not matter. */
  readonly object?: { readonly name: string; readonly arguments: string; readonly id?: string } | undefined;
}

/** A part of a call: a text that is always the same, or a place for what differs. */
export type CallPart = { readonly text: string } | { readonly hole: "name" | "arguments" | "id" | "counter" };

export type ArgumentsSyntax =
  | { readonly kind: "json" }
  /** Each argument by itself. */
  | {
      readonly kind: "tagged";
      readonly separator: string;
      readonly beforeKey: string;
      /** Between a key and its value, for each type of the value. */
      readonly beforeValue: Readonly<Record<ValueType, string>>;
      /** Behind a value; with `KEY_MARK` where it says the key again. */
      readonly afterValue: string;
      readonly values: ValueForm;
    };

const valueTypes = ["string", "number", "boolean", "null", "array", "object"] as const;
export type ValueType = (typeof valueTypes)[number];

/** How values are written: strings as they are and all else as JSON; all as JSON; as in Python; as Gemma does. */
export type ValueForm = "raw" | "json" | "python" | "gemma";

/** Stands for the key in `afterValue`. */
export const KEY_MARK = "\uE004";

/** What Gemma writes around strings. */
export const GEMMA_QUOTE = '<|"|>';

export function typeOfValue(value: unknown): ValueType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "object";
}

/** Every type has its text. */
export function sameForAll(text: string): Readonly<Record<ValueType, string>> {
  return Object.fromEntries(valueTypes.map((type) => [type, text])) as Record<ValueType, string>;
}
