/** Finds how a template tells what a model thinks from what it says. */
import type { ReasoningSyntax } from "../answer/answer-syntax.js";
import type { ChatTemplate } from "../template.js";
import { afterUser, said, tryRender, user, words } from "./probe.js";
import { piecesOf } from "../pieces.js";

/** Marks that models were trained with whose templates do not write them where one can see it. */
const known: readonly ReasoningSyntax[] = [
  { open: "<think>", close: "</think>" },
  { open: "<|channel>thought\n", close: "<channel|>" },
  { open: "[THINK]", close: "[/THINK]" },
  { open: "<seed:think>", close: "</seed:think>" },
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
  { open: "<thinking>", close: "</thinking>" },
  { open: "<reasoning>", close: "</reasoning>" },
];

export function findReasoning(template: ChatTemplate): ReasoningSyntax {
  const shown = tryRender(template, [user, { ...said, reasoning: words.reasoning }]);
  const prompt = tryRender(template, [user], { addGenerationPrompt: true });
  const seen = shown === undefined || prompt === undefined ? undefined : marksIn(afterUser(shown), afterUser(prompt));
  // What no template tells: a model that thinks without being told how does it in `<think>`.
  return seen ?? known.find(({ close }) => template.source.includes(close)) ?? { open: "<think>", close: "</think>" };
}

function marksIn(shown: string, prompt: string): ReasoningSyntax | undefined {
  const at = shown.indexOf(words.reasoning);
  const content = shown.indexOf(words.content, at);
  if (at < 0 || content < 0) return undefined;
  const before = shown.slice(0, at);
  const close = firstTag(shown.slice(at + words.reasoning.length, content));
  if (close === undefined) return undefined;
  const opened = before.startsWith(prompt) ? before.slice(prompt.length).trim() : "";
  // Where the prompt has begun it already, and what is shown leaves it out.
  const begun = prompt.startsWith(before) ? prompt.slice(before.length).trim() : "";
  const open = opened || begun || lastMark(before);
  // An end where the beginning was looked for: the template has left the thoughts out, not the end of them.
  return { open: open.startsWith("</") ? `<${open.slice(2)}` : open, close };
}

/** The first tag, or what there is where there is none. */
function firstTag(text: string): string | undefined {
  const tag = /^\s*(<[^<>]*>|\[[^[\]]*\])/.exec(text)?.[1];
  return tag ?? (text.trim() === "" ? undefined : text.trim());
}

/** The last tag, or the last line where there is none. */
function lastMark(text: string): string {
  const trimmed = text.trim();
  const last = piecesOf(trimmed).at(-1) ?? "";
  return last.length > 1 ? last : (trimmed.split("\n").at(-1) ?? "");
}

/** Names of variables that templates switch thinking with. */
const switches = ["enable_thinking", "thinking"] as const;

/** The variables with which it can be switched on or off; empty where the template has none. */
export function findSwitches(template: ChatTemplate): string[] {
  return switches.filter((name) => {
    const [on, off] = [true, false].map((value) =>
      tryRender(template, [user], { addGenerationPrompt: true, variables: { [name]: value } }),
    );
    return on !== undefined && off !== undefined && on !== off;
  });
}
