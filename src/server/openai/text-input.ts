import { z } from "zod";

const tokens = z.array(z.int().min(0)).min(1);

/** What OpenAI takes for one text or several: a text, its tokens, or an array of either. */
export const textInput = z.union(
  [z.string(), tokens, z.array(z.string()).min(1).max(2048), z.array(tokens).min(1).max(2048)],
  "It must be a text, tokens, or an array of 1 to 2048 texts or lists of tokens.",
);

/** The texts one by one. */
export function textsOf(input: z.output<typeof textInput>): readonly (string | readonly number[])[] {
  if (typeof input === "string") return [input];
  return isTokens(input) ? [input] : input;
}

function isTokens(input: readonly unknown[]): input is readonly number[] {
  return typeof input[0] === "number";
}
