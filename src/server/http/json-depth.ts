import { HttpError } from "./http-error.js";

/** Refuses JSON that is nested deeper than `limit`, before a parser or a recursive function runs out of stack on it. */
export function requireShallow(text: string, limit: number): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") {
      if (++depth > limit)
        throw new HttpError("ARGUMENT_INVALID", `The request's JSON is nested deeper than ${limit} levels.`);
    } else if (char === "}" || char === "]") depth--;
  }
}
