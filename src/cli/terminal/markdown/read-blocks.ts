import { marked, type Token } from "marked";

/** The blocks of a text. A line's end is kept as one: models mean it. */
export function readBlocks(text: string): readonly Token[] {
  return marked.lexer(text, { gfm: true, breaks: true });
}

/** The tokens that a token is made of. */
export function partsOf(token: Token): readonly Token[] | undefined {
  return "tokens" in token ? token.tokens : undefined;
}
