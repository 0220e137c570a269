import type { LogprobEntry } from "../../answer/read-logprobs.js";

/** Tokens as the older completions have them. */
export interface CompletionLogprobs {
  readonly tokens: readonly string[];
  readonly token_logprobs: readonly number[];
  readonly top_logprobs: readonly Readonly<Record<string, number>>[];
  readonly text_offset: readonly number[];
}

/** @param offset where the first token's text begins in the whole */
export function completionLogprobs(entries: readonly LogprobEntry[], offset: number): CompletionLogprobs {
  let at = offset;
  return {
    tokens: entries.map(({ token }) => token),
    token_logprobs: entries.map(({ logprob }) => logprob),
    top_logprobs: entries.map(({ top_logprobs: top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: entries.map(({ token }) => {
      at += token.length;
      return at - token.length;
    }),
  };
}
