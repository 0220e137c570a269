import type { Format, Painter } from "./color.js";
import type { TextStyle } from "./flowing-text.js";
import { printable } from "./printable.js";
import { paintLine, span } from "./span.js";
import { wrapSpans } from "./wrap.js";

/** Text as it stands, in one format, broken between words. */
export function plainStyle(paint: Painter, ...formats: readonly Format[]): TextStyle {
  return {
    split: (text) => text.split(/(?<=\n)\n+(?=[^\n])/),
    render: (block, width) => {
      const text = printable(block).trim();
      return text === "" ? [] : wrapSpans([span(text, ...formats)], width).map((line) => paintLine(line, paint));
    },
  };
}
