/** Finds what a template writes around what an assistant says. */
import type { ReasoningSyntax } from "../answer/answer-syntax.js";
import type { ChatTemplate } from "../template.js";
import { afterUser, said, tryRender, user, words } from "./probe.js";
import { commonStart } from "./text-cut.js";

/** @param ends names of the tokens that end an answer */
export function findContent(
  template: ChatTemplate,
  { open, close }: ReasoningSyntax,
  ends: readonly string[],
): { readonly open: string; readonly close: string } {
  const prompt = tryRender(template, [user], { addGenerationPrompt: true });
  const answered = tryRender(template, [user, said]);
  if (prompt === undefined || answered === undefined) return { open: "", close: "" };
  const answer = afterUser(answered);
  const at = answer.indexOf(words.content);
  if (at < 0) return { open: "", close: "" };
  const head = commonStart(afterUser(prompt), answer.slice(0, at));
  const before = answer.slice(head.length, at).replaceAll(open, "").replaceAll(close, "");
  const after = /^\s*(<[^<>]*>)/.exec(answer.slice(at + words.content.length))?.[1] ?? "";
  return { open: before.trim() === "" ? "" : before.trimStart(), close: ends.includes(after) ? "" : after };
}
