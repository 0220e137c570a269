import { plainPainter } from "./color.js";
import { printable } from "./printable.js";
import { paintLine, span, textWidth } from "./span.js";
import { wrapSpans } from "./wrap.js";

const HANGING = 2;

/** A text in lines of at most `width` columns. */
export function wrapText(text: string, width: number): string[] {
  return wrapSpans([span(printable(text))], width).map((line) => paintLine(line, plainPainter));
}

/** A text in lines of at most `width` columns, all but the first of them indented. */
export function hangText(text: string, width: number): string[] {
  return wrapText(text, width - HANGING).map((line, at) => (at === 0 ? line : " ".repeat(HANGING) + line));
}

/** Names with what they mean beside them; below them, where it is narrow. */
export function entryLines(entries: readonly (readonly [name: string, meaning: string])[], width: number): string[] {
  const room = Math.max(...entries.map(([name]) => textWidth(name))) + 2;
  const beside = width - room >= 30;
  const indent = beside ? room : 4;
  return entries.flatMap(([name, meaning]) => {
    const lines = wrapText(meaning, width - indent).map((line) => " ".repeat(indent) + line);
    if (!beside) return [name, ...lines];
    const [first = "", ...more] = lines;
    return [name.padEnd(room) + first.trimStart(), ...more];
  });
}
