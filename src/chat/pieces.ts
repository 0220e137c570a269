const pieces = /<[^<>"'{}\s]*>|\[\/?[A-Z_]+\]|\d+|[^]/gu;

/** A text in pieces, where a tag such as `<tool_call>` or `[TOOL_CALLS]` is one piece, and so is a number. */
export function piecesOf(text: string): string[] {
  return text.match(pieces) ?? [];
}
