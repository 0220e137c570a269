/**
 * Texts in a Modelfile, as Ollama reads them: what opens with `"` or `"""` goes on to the line that ends with the same.
 * Nothing is escaped, and `'` and `\` mean nothing but themselves.
 */

/**
 * @param first what the line has of the value, without spaces before it
 * @param at the line's index
 * @returns the value and the index of the line behind it; undefined where its quotes are not closed
 */
export function readValue(
  first: string,
  lines: readonly string[],
  at: number,
): { text: string; next: number } | undefined {
  const quote = first.startsWith('"""') ? '"""' : first.startsWith('"') ? '"' : "";
  if (quote === "") return { text: first.trimEnd(), next: at + 1 };
  let length = 0;
  const parts: string[] = [];
  for (let line = at; line < lines.length; line++) {
    const part = line === at ? first : (lines[line] ?? "");
    const end = part.trimEnd();
    if (end.endsWith(quote) && length + end.length >= 2 * quote.length) {
      return { text: [...parts, end].join("\n").slice(quote.length, -quote.length), next: line + 1 };
    }
    parts.push(part);
    length += part.length + 1;
  }
  return undefined;
}

/** The plainest way to write a value, or undefined where there is none. */
export function quoteValue(value: string): string | undefined {
  for (const quote of ["", '"', '"""']) {
    const written = `${quote}${value}${quote}`;
    const lines = written.split("\n");
    const [first = ""] = lines;
    if (value === "" && quote === "") continue;
    const read = readValue(first.trimStart(), lines, 0);
    if (read?.text === value && read.next === lines.length) return written;
  }
  return undefined;
}
