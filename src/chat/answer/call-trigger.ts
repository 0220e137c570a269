/** What tells that a model has begun to call tools. */
import { escapePattern } from "../escape-pattern.js";
import { piecesOf } from "../pieces.js";
import type { ToolDefinition } from "../tools/tool-definition.js";
import type { AnswerSyntax } from "./answer-syntax.js";

export interface CallTrigger {
  /** Matches where the first call begins. */
  readonly pattern: RegExp;
  /** Texts of which one begins the first call, up to where they differ. */
  readonly marks: readonly string[];
  /** Whether calls can begin at the beginning of an answer only, since nothing marks them. */
  readonly atStart: boolean;
}

export function callTrigger(
  { calls, content, reasoning }: AnswerSyntax,
  tools: readonly ToolDefinition[],
): CallTrigger {
  const [first, second] = calls.call;
  const begin = calls.open.trim() === "" && first !== undefined && "text" in first ? first.text : calls.open;
  const text = begin.trim();
  const [piece = ""] = piecesOf(text);
  const isTag = piece.length > 1 && piece !== content.close && piece !== reasoning.close;
  const mark = isTag ? piece : text;
  // A bracket alone could begin anything.
  const bare = mark === "" || /^[{[(]/.test(mark.replace(/^\[\/?[A-Z_]+\]/, ""));
  if (!bare || isTag) return { pattern: new RegExp(tolerant(mark)), marks: [mark], atStart: false };
  if (mark !== "") return { pattern: new RegExp(`^\\s*${tolerant(mark)}`), marks: [mark], atStart: true };
  const behind = second !== undefined && "text" in second ? second.text.trim().slice(0, 1) : "";
  const marks = tools.map(({ name }) => name + behind);
  return { pattern: new RegExp(`^\\s*(?:${marks.map(tolerant).join("|")})`), marks, atStart: true };
}

/** A text's pattern, with white space wherever there may be some. */
function tolerant(text: string): string {
  return text
    .split(/\s+/)
    .map(escapePattern)
    .map((word) => word.replace(/(["{:,])/g, "$1\\s*"))
    .join("\\s*");
}
