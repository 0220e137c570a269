/** What tells that a model has begun to call tools. */
import { escapePattern } from "../escape-pattern.js";
import { piecesOf } from "../pieces.js";
import type { ToolDefinition } from "../tools/tool-definition.js";
import type { AnswerSyntax, CallSyntax } from "./answer-syntax.js";

/** One way in which the first call begins, as the sources of two patterns. */
export interface CallBegin {
  /** What may stand before it, and is no part of it. */
  readonly lead: string;
  readonly call: string;
  /** Texts of which one begins it, up to where they differ. */
  readonly marks: readonly string[];
}

export interface CallTrigger {
  /** Where an answer begins with it. */
  readonly first?: CallBegin;
  /** Anywhere in an answer. */
  readonly anywhere?: CallBegin;
}

/** What Llama 3 may write before a call. */
const PYTHON_TAG = "<|python_tag|>";

export function callTrigger(
  { calls, content, reasoning }: AnswerSyntax,
  tools: readonly ToolDefinition[],
): CallTrigger {
  const bare = bareObject(calls);
  if (bare !== undefined) {
    const lead = `(?:${escapePattern(PYTHON_TAG)}\\s*)?`;
    const marks = [`{"${bare.name}": "`, `{"type": "function"`];
    const call = `\\{\\s*"(?:${escapePattern(bare.name)}"\\s*:\\s*"|type"\\s*:\\s*"function")`;
    return { first: { lead, call, marks: [...marks, PYTHON_TAG, ...marks.map((mark) => PYTHON_TAG + mark)] } };
  }
  const [first, second] = calls.call;
  const begin = calls.open.trim() === "" && first !== undefined && "text" in first ? first.text : calls.open;
  const text = begin.trim();
  const [piece = ""] = piecesOf(text);
  const isTag = piece.length > 1 && piece !== content.close && piece !== reasoning.close;
  const mark = isTag ? piece : text;
  // A bracket alone could begin anything.
  const marksNothing = mark === "" || /^[{[(]/.test(mark.replace(/^\[\/?[A-Z_]+\]/, ""));
  if (!marksNothing || isTag) return { anywhere: { lead: "", call: tolerant(mark), marks: [mark] } };
  if (mark !== "") return { first: { lead: "", call: tolerant(mark), marks: [mark] } };

  const behind = second !== undefined && "text" in second ? second.text.trim().slice(0, 1) : "";
  const marks = tools.map(({ name }) => name + behind);
  const call = `(?:${marks.map(tolerant).join("|")})`;
  const separator = calls.separator?.trim() ?? "";
  return {
    first: { lead: "", call, marks },
    // What stands between two calls stands between words and a call, too.
    ...(separator === ""
      ? {}
      : { anywhere: { lead: `${tolerant(separator)}\\s*`, call, marks: marks.map((name) => separator + name) } }),
  };
}

/** The keys of calls that are JSON objects with nothing around them, as Llama 3 writes them. */
export function bareObject({ open, call, object }: CallSyntax): CallSyntax["object"] {
  const [first] = call;
  if (object === undefined || open.trim() !== "" || first === undefined || !("text" in first)) return undefined;
  return first.text.replaceAll(/\s/g, "") === `{"${object.name}":"` ? object : undefined;
}

/** A text's pattern, with white space wherever there may be some. */
function tolerant(text: string): string {
  return text
    .split(/\s+/)
    .map(escapePattern)
    .map((word) => word.replace(/(["{:,])/g, "$1\\s*"))
    .join("\\s*");
}
