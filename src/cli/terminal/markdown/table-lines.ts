import type { Tokens } from "marked";
import { formatted, type Line, lineWidth, span, type Span } from "../span.js";
import { wrapSpans } from "../wrap.js";
import { inlineSpans } from "./inline-spans.js";

const BETWEEN = " │ ";
/** A column that is narrower breaks most words. */
const LEAST = 6;

/** A table, its columns as wide as there is room for; where there is hardly any, a list of its rows. */
export function tableLines(
  { header, rows, align }: Tokens.Table,
  options: { width: number; coloured: boolean },
): Line[] {
  const read = (cells: readonly Tokens.TableCell[]): Span[][] =>
    cells.map(({ tokens }) => inlineSpans(tokens, options.coloured));
  const titles = read(header).map((spans) => formatted(spans, "bold"));
  const body = rows.map(read);
  const natural = titles.map((title, at) =>
    Math.max(1, ...[title, ...body.map((row) => row[at] ?? [])].map(lineWidth)),
  );
  const room = options.width - BETWEEN.length * (titles.length - 1);
  const widths = columnWidths(natural, room);
  if (widths === undefined) return records(titles, body, options.width);
  const rule = [span(widths.map((width) => "─".repeat(width)).join("─┼─"), "dim")];
  return [...rowLines(titles, widths, align), rule, ...body.flatMap((row) => rowLines(row, widths, align))];
}

/** What each column gets: the narrow ones all that they want, the wide ones an equal share of what is left. */
function columnWidths(natural: readonly number[], room: number): readonly number[] | undefined {
  const widths = [...natural];
  for (let over = sum(widths) - room; over > 0; over = sum(widths) - room) {
    const widest = Math.max(...widths);
    const next = Math.max(0, ...widths.filter((width) => width < widest));
    const many = widths.filter((width) => width === widest).length;
    const less = Math.max(1, Math.min(widest - next, Math.ceil(over / many)));
    const target = widest - less;
    if (target < LEAST) return undefined;
    widths.forEach((width, at) => {
      if (width === widest) widths[at] = target;
    });
  }
  return widths;
}

function rowLines(
  cells: readonly (readonly Span[])[],
  widths: readonly number[],
  align: Tokens.Table["align"],
): Line[] {
  const wrapped = widths.map((width, at) => wrapSpans(cells[at] ?? [], width));
  const height = Math.max(1, ...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    widths.flatMap((width, at): Span[] => [
      ...(at > 0 ? [span(BETWEEN, "dim")] : []),
      ...padded(wrapped[at]?.[row] ?? [], width, align[at] ?? null, at === widths.length - 1),
    ]),
  );
}

function padded(line: Line, width: number, align: "left" | "right" | "center" | null, isLast: boolean): Span[] {
  const free = Math.max(0, width - lineWidth(line));
  const before = align === "right" ? free : align === "center" ? Math.floor(free / 2) : 0;
  const behind = isLast ? 0 : free - before;
  return [
    ...(before > 0 ? [span(" ".repeat(before))] : []),
    ...line,
    ...(behind > 0 ? [span(" ".repeat(behind))] : []),
  ];
}

function records(
  titles: readonly (readonly Span[])[],
  rows: readonly (readonly (readonly Span[])[])[],
  width: number,
): Line[] {
  return rows.flatMap((row, index) => [
    ...(index > 0 ? [[]] : []),
    ...titles.flatMap((title, at) => wrapSpans([...title, span(": "), ...(row[at] ?? [])], width)),
  ]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
