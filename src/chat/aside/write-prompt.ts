import type { ChatFormat, ChatPrompt, ChatPromptOptions } from "../chat-format.js";
import type { ChatMessage } from "../message.js";
import { aside } from "./aside.js";

/** What a template has done with before anyone notices, whatever it does with it. */
const FEW_VALUES = 500;
const LITTLE_TEXT = 2 ** 16;

/**
 * Writes a conversation as a prompt: on this thread where it is short, as most are, aside where it is long.
 *
 * @throws {MullamaError} what `format.prompt` throws; `BUSY`; `ABORTED`
 */
export async function writePromptAside(
  format: ChatFormat,
  messages: readonly ChatMessage[],
  options: ChatPromptOptions,
  signal?: AbortSignal,
): Promise<ChatPrompt> {
  const portable = format.portable;
  if (portable === undefined || isSmall([messages, options])) return format.prompt(messages, options);
  return aside({ type: "prompt", format: portable, messages, options }, signal);
}

/** Whether there is little in a value of JSON; reads no more of it than that. */
function isSmall(whole: unknown): boolean {
  let values = 0;
  let text = 0;
  const open = [whole];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string") text += value.length;
    else if (typeof value === "object" && value !== null) {
      const inside: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
      values += inside.length;
      if (values <= FEW_VALUES) open.push(...inside);
    }
    if (values > FEW_VALUES || text > LITTLE_TEXT) return false;
  }
  return true;
}
