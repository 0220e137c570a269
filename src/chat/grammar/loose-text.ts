import { type GrammarWriter, quoted, spaceRule } from "../schema/gbnf.js";

/** A place with white space, or one where JSON allows it: behind what opens something, before what closes it. */
const PLACES = /\s+|(?<=[{[,])(?=[{["]|$)|(?<=":)|(?<=^|["}\]])(?=[}\]])/g;

/**
 * The rule of a text as models write it: with more or less white space where it has some, and where JSON allows it.
 * What tells that a call begins is as loose, and what it finds must be allowed.
 */
export function looseText(writer: GrammarWriter, text: string): string {
  return text
    .split(PLACES)
    .map((part) => (part === "" ? "" : quoted(part)))
    .join(` ${spaceRule(writer)} `)
    .trim();
}
