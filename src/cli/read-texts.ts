import { readPrompt } from "./prompt.js";

/** The texts of a command line, or else the lines of standard input, empty ones left out. */
export async function readTexts(words: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  if (words.length > 0 && !(words.length === 1 && words[0] === "-")) return words;
  const text = await readPrompt(words, process.stdin, signal);
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
