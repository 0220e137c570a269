import type { Token, Tokens } from "marked";
import { formatted, type Line, span, type Span } from "../span.js";
import { chopSpan, wrapSpans } from "../wrap.js";
import { inlineSpans } from "./inline-spans.js";
import { partsOf } from "./read-blocks.js";
import { tableLines } from "./table-lines.js";

export interface BlockOptions {
  readonly width: number;
  /** Whether formats show; where not, marks that say the same stay. */
  readonly coloured: boolean;
}

/** A block's lines. */
export function blockLines(token: Token, options: BlockOptions): Line[] {
  const { width, coloured } = options;
  const inline = (): Span[] => inlineSpans(partsOf(token) ?? [], coloured);
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading":
      return heading(token as Tokens.Heading, inline(), options);
    case "code":
      return code(token as Tokens.Code, options);
    case "list":
      return list(token as Tokens.List, options);
    case "blockquote":
      return indented(blocks(partsOf(token) ?? [], { width: width - 2, coloured }), span("│ ", "dim"));
    case "table":
      return tableLines(token as Tokens.Table, options);
    case "hr":
      return [[span("─".repeat(Math.min(width, 40)), "dim")]];
    case "paragraph":
    case "text":
      return wrapSpans(partsOf(token) === undefined ? [span(token.raw.trimEnd())] : inline(), width);
    default:
      return wrapSpans([span(token.raw.trimEnd())], width);
  }
}

/** Blocks with an empty line between them. */
function blocks(tokens: readonly Token[], options: BlockOptions, gap = true): Line[] {
  const parts = tokens.map((token) => blockLines(token, options)).filter((lines) => lines.length > 0);
  return parts.flatMap((lines, index) => (gap && index > 0 ? [[], ...lines] : lines));
}

function heading({ depth }: Tokens.Heading, spans: readonly Span[], { width, coloured }: BlockOptions): Line[] {
  if (!coloured) return wrapSpans([span(`${"#".repeat(depth)} `), ...spans], width);
  return wrapSpans(formatted(spans, "bold", ...(depth === 1 ? (["underline"] as const) : [])), width);
}

function code({ text, lang = "", raw }: Tokens.Code, { width, coloured }: BlockOptions): Line[] {
  if (!coloured) return chopSpan(span(raw.trimEnd()), width);
  const [name = ""] = lang.split(/\s/);
  const lines = indented(chopSpan(span(text, "cyan"), width - 2), span("  "));
  return name === "" ? lines : [[span(`  ${name}`, "dim")], ...lines];
}

function list({ ordered, start, loose, items }: Tokens.List, { width, coloured }: BlockOptions): Line[] {
  const first = typeof start === "number" ? start : 1;
  const room = ordered ? String(first + items.length - 1).length + 2 : 2;
  return items.flatMap((item, index) => {
    const box = item.task ? `[${item.checked === true ? "x" : " "}] ` : "";
    const mark = (ordered ? `${first + index}.`.padStart(room - 1).padEnd(room) : "• ") + box;
    const inside = item.tokens.filter(({ type }) => type !== "checkbox");
    const lines = blocks(inside, { width: width - mark.length, coloured }, loose);
    const gap: Line[] = loose && index > 0 ? [[]] : [];
    return [...gap, ...indented(lines.length === 0 ? [[]] : lines, span(" ".repeat(mark.length)), span(mark))];
  });
}

/** Lines with something in front of each. */
function indented(lines: readonly Line[], before: Span, first: Span = before): Line[] {
  return lines.map((line, index) => {
    const begin = index === 0 ? first : before;
    return line.length === 0 && begin.text.trim() === "" ? [] : [begin, ...line];
  });
}
