import { text } from "node:stream/consumers";
import { MullamaError } from "../errors.js";

/**
 * What a command is to work with: the words of the command line, or all of standard input where there are none or a lone
 * `-`. One newline at the end of standard input is not part of it.
 *
 * @param example a command line that has it, for a user who gave none
 */
export async function readInput(words: readonly string[], example: string, signal: AbortSignal): Promise<string> {
  if (isGiven(words)) return words.join(" ");
  const { stdin } = process;
  if (words.length === 0 && stdin.isTTY) {
    throw new MullamaError("ARGUMENT_INVALID", "There is no text, neither as words nor on standard input.", {
      hint: `For example: ${example}`,
    });
  }
  const stop = (): void => void stdin.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return (await text(stdin)).replace(/\r?\n$/, "");
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Several texts: each of the words, or each line of standard input that is not empty. */
export async function readTexts(
  words: readonly string[],
  example: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isGiven(words)) return words;
  const lines = (await readInput(words, example, signal)).split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "");
}

function isGiven(words: readonly string[]): boolean {
  return words.length > 1 || (words.length === 1 && words[0] !== "-");
}
