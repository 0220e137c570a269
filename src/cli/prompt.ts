import { text } from "node:stream/consumers";
import { ArgumentError } from "../errors.js";

/**
 * The prompt: the words of the command line, or all of standard input where there are none or a lone `-`.
 * One newline at the end of standard input is not part of it.
 */
export async function readPrompt(
  words: readonly string[],
  stdin: NodeJS.ReadStream,
  signal: AbortSignal,
): Promise<string> {
  if (words.length > 0 && !(words.length === 1 && words[0] === "-")) return words.join(" ");
  if (words.length === 0 && stdin.isTTY) {
    throw new ArgumentError("PROMPT", "given, as words or on standard input", undefined, {
      hint: 'For example: mullama run smollm2:135m "Why is the sky blue?"',
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
