/** Tables of plain text: columns as wide as what is in them, and no wider than the terminal. */
import { textWidth } from "./span.js";

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. Default left. */
  readonly align?: "left" | "right";
  /** Whether it may be cut where the terminal is too narrow; of those that may, the last gives way first. */
  readonly shrinks?: boolean;
  /** Whether it is left out where the terminal is too narrow for all; the last goes first. */
  readonly mayGo?: boolean;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const GAP = "  ";
const LEAST = 8;
/** What a column that shrinks keeps as long as others can go instead. */
const ENOUGH = 24;

/**
 * @param width columns of the terminal. Default: as wide as it takes, for a pipe
 * @returns lines without a newline behind them
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width = Infinity): string[] {
  const needed = columns.map(({ title, shrinks = false }, at) => {
    const whole = Math.max(title.length, ...rows.map((row) => textWidth(row[at] ?? "")));
    return shrinks ? Math.min(whole, ENOUGH) : whole;
  });
  const last = columns.findLastIndex(({ mayGo }) => mayGo === true);
  if (last >= 0 && needed.reduce((sum, one) => sum + one + GAP.length, -GAP.length) > width) {
    const without = <Item>(items: readonly Item[]): Item[] => items.filter((_, at) => at !== last);
    return table(without(columns), rows.map(without), width);
  }
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => textWidth(row[at] ?? ""))));
  const whole = (): number => widths.reduce((sum, one) => sum + one, GAP.length * (columns.length - 1));
  for (let at = columns.length - 1; at >= 0 && whole() > width; at--) {
    if (columns[at]?.shrinks !== true) continue;
    widths[at] = Math.max(LEAST, (widths[at] ?? 0) - (whole() - width));
  }
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align = "left" }, at) => {
        const room = widths[at] ?? 0;
        const text = cut(cells[at] ?? "", room);
        const free = " ".repeat(Math.max(0, room - textWidth(text)));
        return align === "right" ? free + text : text + free;
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let [kept, used] = ["", 0];
  for (const { segment } of graphemes.segment(text)) {
    used += textWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
