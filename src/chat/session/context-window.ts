/** Which messages of a long conversation a prompt has room for. */
import type { ChatMessage } from "../message.js";
import { textOf } from "../message.js";

/** How much of the room is used once something is dropped, so that it is not dropped again with every turn. */
const AFTER_DROPPING = 0.7;

/**
 * How many of the first messages to leave out: whole turns, each beginning with what a user said; never the last one.
 *
 * @param tokens counts the prompt's tokens without so many of the first messages
 * @param room tokens that the prompt may have
 */
export async function messagesToDrop(
  messages: readonly ChatMessage[],
  dropped: number,
  room: number,
  tokens: (dropped: number) => Promise<number>,
): Promise<number> {
  if ((await tokens(dropped)) <= room) return dropped;
  const turns = messages.flatMap(({ role }, index) => (role === "user" && index > dropped ? [index] : []));
  for (const turn of turns) if ((await tokens(turn)) <= room * AFTER_DROPPING) return turn;
  return turns.at(-1) ?? dropped;
}

/** What the model is asked for, to sum up what is left out. */
export function summaryRequest(before: string, messages: readonly ChatMessage[]): ChatMessage[] {
  const lines = messages.map((message) => `${message.role}: ${textOf(message)}`);
  const known = before === "" ? "" : `What was said before that:\n${before}\n\n`;
  return [
    {
      role: "user",
      content: `${known}${lines.join("\n")}\n\nSum up this conversation in a few sentences. Keep names, numbers, decisions and open questions.`,
    },
  ];
}
