import { piecesOf } from "../pieces.js";
import { type GrammarWriter, quoted, spaceRule } from "../schema/gbnf.js";

/**
 * The rule of a text as models write it: with more or less white space where it has some, and where JSON allows it.
 * What tells that a call begins is as loose, and what it finds must be allowed.
 */
export function looseText(writer: GrammarWriter, text: string): string {
  const space = spaceRule(writer);
  const parts: string[] = [];
  let strict = "";
  const loosen = (): void => {
    if (strict !== "") parts.push(quoted(strict));
    strict = "";
    if (parts.at(-1) !== space) parts.push(space);
  };
  for (const piece of piecesOf(text)) {
    if (/^\s$/.test(piece)) loosen();
    else if (/^[}\]]$/.test(piece)) {
      loosen();
      strict += piece;
    } else {
      strict += piece;
      if (/^[{[,]$/.test(piece) || strict.endsWith('":')) loosen();
    }
  }
  if (strict !== "") parts.push(quoted(strict));
  return parts.join(" ");
}
