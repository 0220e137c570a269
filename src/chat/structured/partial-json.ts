/** The value of JSON that has not ended. */
import { scanJson } from "../answer/json-scan.js";

/**
 * What is known of a value so far: objects and arrays with what has come, strings as far as they go. A number or a word
 * counts once something follows it.
 *
 * @returns undefined where nothing is known
 */
export function partialJson(text: string): unknown {
  const span = scanJson(text, 0);
  if (span === undefined) return undefined;
  if (span.complete) return parsed(text.slice(span.start, span.end));
  return parsed(completed(text.slice(span.start)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The text with an end: what cannot be ended is left out. */
function completed(text: string): string {
  const closers: string[] = [];
  /** Up to where all is whole, and what would close it there. */
  let whole = { length: 0, tail: "" };
  let inString = false;
  let isKey = false;
  let afterKey = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? "";
    const tail = (): string => closers.toReversed().join("");
    if (inString) {
      if (char === "\\") index += text[index + 1] === "u" ? 5 : 1;
      else if (char === '"') {
        inString = false;
        if (!isKey) whole = { length: index + 1, tail: tail() };
        afterKey = isKey;
        continue;
      }
      if (!isKey && index < text.length) whole = { length: index + 1, tail: `"${tail()}` };
    } else if (char === '"') {
      inString = true;
      isKey = closers.at(-1) === "}" && !afterKey;
      if (!isKey) whole = { length: index + 1, tail: `"${tail()}` };
    } else if (char === "{" || char === "[") {
      closers.push(char === "{" ? "}" : "]");
      afterKey = false;
      whole = { length: index + 1, tail: tail() };
    } else if (char === "}" || char === "]") {
      closers.pop();
      afterKey = false;
      whole = { length: index + 1, tail: tail() };
    } else if (char === ",") {
      afterKey = false;
      // What came before the comma has ended, be it a number or a word.
      whole = { length: index, tail: tail() };
    } else if (char === ":") afterKey = true;
  }
  return text.slice(0, whole.length) + whole.tail;
}
