import type { Painter } from "../color.js";
import { type TextStyle } from "../flowing-text.js";
import { printable } from "../printable.js";
import { paintLine } from "../span.js";
import { blockLines } from "./block-lines.js";
import { closeMarks } from "./close-marks.js";
import { readBlocks } from "./read-blocks.js";

/** Markdown as models write it, for a terminal. */
export function markdownStyle(paint: Painter): TextStyle {
  const coloured = paint(["bold"], "x") !== "x";
  return {
    split: cutBlocks,
    render: (block, width, open) => {
      const text = printable(block);
      const tokens = readBlocks(open ? closeMarks(text) : text);
      return tokens.flatMap((token) => blockLines(token, { width, coloured })).map((line) => paintLine(line, paint));
    },
  };
}

/** Blocks with the empty lines behind them: only what follows these says whether a list goes on. */
function cutBlocks(text: string): readonly string[] {
  const source = text.replaceAll("\r\n", "\n");
  const starts: number[] = [];
  let at = 0;
  for (const { type, raw } of readBlocks(source)) {
    // The raw text of some blocks lacks the spaces at its end.
    const start = Math.max(at, source.indexOf(raw, at));
    if (type !== "space" || starts.length === 0) starts.push(starts.length === 0 ? 0 : start);
    at = start + raw.length;
  }
  return starts.map((start, index) => source.slice(start, starts[index + 1]));
}
