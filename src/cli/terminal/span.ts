import stringWidth from "string-width";
import type { Format, Painter } from "./color.js";

/** A piece of text in one format. */
export interface Span {
  readonly text: string;
  readonly formats: readonly Format[];
}

/** What stands in one line. */
export type Line = readonly Span[];

export function span(text: string, ...formats: readonly Format[]): Span {
  return { text, formats };
}

/** Columns that a text takes: two for a Chinese character or an emoji, none for a combining accent. */
export function textWidth(text: string): number {
  return stringWidth(text, { countAnsiEscapeCodes: true });
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

export function paintLine(line: Line, paint: Painter): string {
  return line.map(({ text, formats }) => paint(formats, text)).join("");
}

/** The same text in further formats. */
export function formatted(spans: readonly Span[], ...formats: readonly Format[]): Span[] {
  return spans.map((one) => ({ text: one.text, formats: [...formats, ...one.formats] }));
}
