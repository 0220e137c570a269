/** Regular expressions as values, without anchors: what a whole text must be. */
import { type CharSet, charsOf, everyChar } from "./char-set.js";
import type { Dfa } from "./dfa.js";

export type Expression =
  | { readonly kind: "chars"; readonly set: CharSet }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly options: readonly Expression[] }
  | { readonly kind: "repeat"; readonly of: Expression; readonly min: number; readonly max: number }
  | { readonly kind: "automaton"; readonly dfa: Dfa };

export function chars(set: CharSet | string): Expression {
  return { kind: "chars", set: typeof set === "string" ? charsOf(set) : set };
}

export function sequence(...parts: readonly Expression[]): Expression {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "sequence", parts };
}

export function choice(...options: readonly Expression[]): Expression {
  return options.length === 1 && options[0] !== undefined ? options[0] : { kind: "choice", options };
}

export function repeat(of: Expression, min: number, max = Infinity): Expression {
  return { kind: "repeat", of, min, max };
}

export function literal(text: string): Expression {
  return sequence(...Array.from(text).map((char) => chars(char)));
}

export function automaton(dfa: Dfa): Expression {
  return { kind: "automaton", dfa };
}

/** The empty text. */
export const empty: Expression = { kind: "sequence", parts: [] };

/** Any text at all. */
export const anything: Expression = repeat(chars(everyChar), 0);
