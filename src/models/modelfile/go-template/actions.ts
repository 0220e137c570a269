/** A template as text and actions. */
import { Refusal } from "./syntax.js";
import { readTokens, type Token } from "./tokens.js";

export type Piece =
  | { readonly kind: "text"; readonly text: string; readonly at: number }
  | { readonly kind: "action"; readonly tokens: readonly Token[]; readonly at: number };

export function readPieces(source: string): Piece[] {
  const pieces: Piece[] = [];
  let trim = false;
  for (let at = 0; at < source.length;) {
    const open = source.indexOf("{{", at);
    const end = open === -1 ? source.length : open;
    const trimNext = open !== -1 && /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4));
    let text = source.slice(at, end);
    if (trim) text = text.replace(/^[ \t\r\n]+/, "");
    if (trimNext) text = trimRight(text);
    if (text !== "") pieces.push({ kind: "text", text, at });
    if (open === -1) break;
    const action = readAction(source, open, open + (trimNext ? 3 : 2));
    if (action.tokens !== undefined) pieces.push({ kind: "action", tokens: action.tokens, at: open });
    ({ end: at, trim } = action);
  }
  return pieces;
}

/** Go's white space only, and in linear time. */
function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function readAction(source: string, open: number, start: number): { end: number; trim: boolean; tokens?: Token[] } {
  const comment = /^[ \t\r\n]*\/\*/.exec(source.slice(start, start + 64));
  if (comment !== null) {
    const close = source.indexOf("*/", start + comment[0].length);
    const end = close === -1 ? null : /^([ \t\r\n]+-)?\}\}/.exec(source.slice(close + 2, close + 66));
    if (end === null) throw new Refusal(open, "the comment is not closed");
    return { end: close + 2 + end[0].length, trim: end[1] !== undefined };
  }
  const close = closeOf(source, start);
  if (close === -1) throw new Refusal(open, "the action is not closed");
  const trim = close > start && source[close - 1] === "-" && /[ \t\r\n]/.test(source[close - 2] ?? "");
  const tokens = readTokens(source.slice(start, trim ? close - 1 : close), start);
  return { end: close + 2, trim, tokens };
}

/** Where `}}` is, outside of quotes. */
function closeOf(source: string, start: number): number {
  const parts = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\}\}/gy;
  for (let at = start; at < source.length;) {
    parts.lastIndex = at;
    const found = parts.exec(source)?.[0];
    if (found === "}}") return at;
    at += found?.length ?? 1;
  }
  return -1;
}
