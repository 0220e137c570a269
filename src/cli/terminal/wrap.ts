/** Breaks text into lines between words, and between Chinese and Japanese characters. */
import { type Line, type Span, textWidth } from "./span.js";

/** What stays in one line, or what stands between such. */
interface Unit {
  readonly kind: "word" | "space" | "break";
  spans: Span[];
  width: number;
  /** Whether a line may end behind it without a space. */
  readonly wide: boolean;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Lines of at most `width` columns; a newline in the text begins a new one. */
export function wrapSpans(spans: readonly Span[], width: number): Line[] {
  const room = Math.max(1, width);
  const lines: Span[][] = [[]];
  let used = 0;
  let space: Unit | undefined;
  const newLine = (): void => {
    lines.push([]);
    used = 0;
    space = undefined;
  };
  const add = (unit: Unit): void => {
    lines.at(-1)?.push(...unit.spans);
    used += unit.width;
  };
  for (const unit of unitsOf(spans)) {
    if (unit.kind === "break") newLine();
    else if (unit.kind === "space") space = unit;
    else {
      if (used > 0 && used + (space?.width ?? 0) + unit.width > room) newLine();
      else if (space !== undefined && space.width < room) add(space);
      space = undefined;
      for (const part of unit.width > room ? chopped(unit, room) : [unit]) {
        if (used > 0 && used + part.width > room) newLine();
        add(part);
      }
    }
  }
  return lines.map(joined);
}

/** Lines of at most `width` columns, cut wherever a line is full: for code. */
export function chopSpan({ text, formats }: Span, width: number): Line[] {
  return text.split("\n").flatMap((line): Line[] => {
    const unit: Unit = { kind: "word", spans: [{ text: line, formats }], width: textWidth(line), wide: false };
    return chopped(unit, Math.max(1, width)).map(({ spans }) => spans);
  });
}

function unitsOf(spans: readonly Span[]): Unit[] {
  const units: Unit[] = [];
  for (const { text, formats } of spans) {
    for (const piece of text.match(/\n|[^\S\n]+|\S+/g) ?? []) {
      if (piece === "\n") units.push({ kind: "break", spans: [], width: 0, wide: false });
      else if (piece.trim() === "")
        units.push({ kind: "space", spans: [{ text: piece, formats }], width: textWidth(piece), wide: false });
      else for (const unit of wordsOf(piece, formats)) append(units, unit);
    }
  }
  return units;
}

/** A word that goes on in another format is one word. */
function append(units: Unit[], unit: Unit): void {
  const last = units.at(-1);
  if (last?.kind !== "word" || last.wide || unit.wide) {
    units.push(unit);
    return;
  }
  last.spans.push(...unit.spans);
  last.width += unit.width;
}

function wordsOf(piece: string, formats: Span["formats"]): Unit[] {
  const width = textWidth(piece);
  const whole: Unit = { kind: "word", spans: [{ text: piece, formats }], width, wide: false };
  // As wide as it has characters: there is no wide one in it.
  if (width <= 1 || /^[\u0021-\u007E]*$/.test(piece)) return [whole];
  const units: Unit[] = [];
  for (const { segment } of graphemes.segment(piece)) {
    const columns = textWidth(segment);
    // No line begins with punctuation.
    const wide = columns > 1 && !/^[\p{P}]/u.test(segment);
    const last = units.at(-1);
    if (last !== undefined && (!wide || columns < 2) && (!last.wide || /^\p{P}/u.test(segment))) {
      last.spans.push({ text: segment, formats });
      last.width += columns;
    } else units.push({ kind: "word", spans: [{ text: segment, formats }], width: columns, wide });
  }
  return units;
}

function chopped({ spans }: Unit, room: number): Unit[] {
  const parts: Unit[] = [{ kind: "word", spans: [], width: 0, wide: false }];
  for (const { text, formats } of spans) {
    for (const { segment } of graphemes.segment(text)) {
      const columns = textWidth(segment);
      let last = parts.at(-1);
      if (last === undefined || (last.width > 0 && last.width + columns > room)) {
        last = { kind: "word", spans: [], width: 0, wide: false };
        parts.push(last);
      }
      last.spans.push({ text: segment, formats });
      last.width += columns;
    }
  }
  return parts.map((part) => ({ ...part, spans: [...joined(part.spans)] }));
}

/** Neighbours of one format become one. */
function joined(line: readonly Span[]): Line {
  const result: Span[] = [];
  for (const one of line) {
    const last = result.at(-1);
    if (last === undefined || last.formats.join() !== one.formats.join()) result.push(one);
    else result[result.length - 1] = { text: last.text + one.text, formats: last.formats };
  }
  return result;
}
