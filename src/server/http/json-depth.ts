import { HttpError } from "./http-error.js";

/** Most values of one request: tokens, messages, parts of schemas. To check a million takes seconds. */
const MOST_VALUES = 300_000;

/** Refuses JSON that is nested deeper than `limit`, before a parser or a recursive function runs out of stack on it, and JSON of too many values. */
export function requireShallow(text: string, limit: number): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfText(text, at + 1);
    else if (char === "," && ++values > MOST_VALUES)
      throw new HttpError("ARGUMENT_INVALID", `The request's JSON has over ${MOST_VALUES} values.`);
    else if (char === "{" || char === "[") {
      if (++depth > limit)
        throw new HttpError("ARGUMENT_INVALID", `The request's JSON is nested deeper than ${limit} levels.`);
    } else if (char === "}" || char === "]") depth--;
  }
}

/** Where the quotation mark is that ends a text which begins at `start`. */
function endOfText(text: string, start: number): number {
  for (let at = start; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slash = at - 1;
    while (slash >= start && text[slash] === "\\") slash--;
    if ((at - slash) % 2 === 1) return at;
  }
}
