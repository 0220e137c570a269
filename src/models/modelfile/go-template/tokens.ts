import { Refusal } from "./syntax.js";

export type Token = {
  readonly kind: "field" | "variable" | "text" | "integer" | "word" | "mark" | "space";
  readonly text: string;
  readonly at: number;
};

const patterns = [
  ["space", /[ \t\r\n]+/y],
  ["text", /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ["integer", /[+-]?\d+(?![\w.])/y],
  ["field", /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["variable", /\$[\p{L}\p{Nd}_]*/uy],
  ["word", /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["mark", /:=|[=|(),.]/y],
] as const;

/** @param start where `source` is in the template */
export function readTokens(source: string, start: number): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length;) {
    const token = tokenAt(source, at, start);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(source: string, at: number, start: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text, at: start + at };
  }
  throw new Refusal(start + at, `${JSON.stringify(source.slice(at, at + 12))} cannot be read`);
}

/** What a text in quotes says. */
export function textOfToken({ text, at }: Token): string {
  if (text.startsWith("`")) return text.slice(1, -1).replaceAll("\r", "");
  const inside = text.slice(1, -1);
  return inside.replace(
    /\\(u[\da-fA-F]{4}|U[\da-fA-F]{8}|x[\da-fA-F]{2}|[0-7]{3}|[\s\S])/gu,
    (_whole, escape: string) => {
      const simple = escapes[escape];
      if (simple !== undefined) return simple;
      const code = Number.parseInt(escape.slice(1), 16);
      if (/^[uU]/.test(escape) && code <= 0x10ffff) return String.fromCodePoint(code);
      if (escape.startsWith("x") && code < 0x80) return String.fromCodePoint(code);
      throw new Refusal(at, `the escape \\${escape} is not supported`);
    },
  );
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  '"': '"',
};
