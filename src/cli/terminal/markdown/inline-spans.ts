import type { Token, Tokens } from "marked";
import { partsOf } from "./read-blocks.js";
import { formatted, span, type Span } from "../span.js";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: "\u00A0",
};

/** What stands inside of a paragraph. @param coloured whether formats show; where not, some marks stay */
export function inlineSpans(tokens: readonly Token[], coloured: boolean): Span[] {
  return tokens.flatMap((token) => spansOf(token, coloured));
}

function spansOf(token: Token, coloured: boolean): Span[] {
  const inner = (): Span[] => inlineSpans(partsOf(token) ?? [], coloured);
  switch (token.type) {
    case "strong":
      return formatted(inner(), "bold");
    case "em":
      return formatted(inner(), "italic");
    case "del":
      return formatted(inner(), "strikethrough");
    case "codespan":
      return [coloured ? span(token["text"] as string, "cyan") : span(token.raw)];
    case "br":
      return [span("\n")];
    case "link":
      return link(token as Tokens.Link, inner());
    case "image":
      return [span(`[${token["text"]}] (${token["href"]})`, "dim")];
    case "escape":
      // Formulas are written in these.
      return [span(/^\\[()[\]]$/.test(token.raw) ? token.raw : (token["text"] as string))];
    case "text":
      return partsOf(token) === undefined ? [span(decode(token.raw))] : inner();
    default:
      return [span(token.raw)];
  }
}

function link({ href, text }: Tokens.Link, spans: readonly Span[]): Span[] {
  const shown = formatted(spans, "underline");
  return href === text || href === `mailto:${text}` ? shown : [...shown, span(` (${href})`, "dim")];
}

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
