/** What both sides are asked. */

/** Texts of some fifty tokens that differ from their beginning on, so that nothing of one can be used for another. */
export function prompts(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `${index + 1}. This is the ${index + 1}th of several stories about a traveller who walks from the mountains to the ` +
      `sea, meets ${index + 2} strangers on the way, and learns something from each of them. The story begins in the morning:`,
  );
}

/** A chat: so many turns, and so many tokens of each answer. */
export interface Conversation {
  readonly turns: number;
  readonly tokens: number;
}

/** One side's answer to a prompt, and the milliseconds to its first token. */
export type Answer = (
  prompt: string,
  tokens: number,
) => Promise<{ readonly text: string; readonly firstToken: number }>;

/** Has a conversation, and gives the time to the first token of its last turn. @param round makes each one different */
export async function converse({ turns, tokens }: Conversation, round: number, answer: Answer): Promise<number> {
  let history = `Conversation ${round}.`;
  let firstToken = Number.NaN;
  for (let turn = 0; turn < turns; turn++) {
    history +=
      `\nUser: This is question number ${turn + 1}. Please tell me in a few words what you think of rain, of rivers, of ` +
      `the ${turn + 3} lakes behind the hills, and of people who walk there.\nAssistant:`;
    const given = await answer(history, tokens);
    history += given.text;
    ({ firstToken } = given);
  }
  return firstToken;
}
