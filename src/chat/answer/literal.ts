/** Compares what a model writes with what its template would have written, but for white space. */

/** Where a text goes on behind a literal; `partial` where it ends inside it, undefined where it differs. */
export function matchLiteral(text: string, at: number, literal: string): number | "partial" | undefined {
  let index = at;
  for (const char of literal) {
    if (/\s/.test(char)) continue;
    while (index < text.length && /\s/.test(text[index] ?? "")) index++;
    if (index >= text.length) return "partial";
    if (!text.startsWith(char, index)) return undefined;
    index += char.length;
  }
  return index;
}

/** How many characters at the end of a text could be the beginning of a mark. */
export function heldBack(text: string, marks: readonly string[]): number {
  let most = 0;
  for (const mark of marks) {
    for (let length = Math.min(mark.length - 1, text.length); length > most; length--) {
      if (!text.endsWith(mark.slice(0, length))) continue;
      most = length;
      break;
    }
  }
  return most;
}
