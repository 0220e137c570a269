import type { TokenLogprob, TokenLogprobs } from "../../engine/sampling/token-logprobs.js";
import type { LoadedModel } from "../../mullama.js";

/** The least that OpenAI gives; JSON has no word for the logarithm of nothing. */
const LEAST = -9999;

/** A token as OpenAI's clients read it. */
export interface LogprobEntry {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<LogprobEntry, "top_logprobs">[];
}

/** What tokens stand for: asked of each model once for each token. */
const known = new WeakMap<LoadedModel, Map<number, Uint8Array>>();

/** Log-probabilities with the text of each token; a token that is a part of a character has its bytes. */
export async function readLogprobs(model: LoadedModel, logprobs: readonly TokenLogprobs[]): Promise<LogprobEntry[]> {
  const pieces = known.get(model) ?? new Map<number, Uint8Array>();
  known.set(model, pieces);
  const tokens = new Set(
    logprobs.flatMap(({ token, alternatives }) => [token, ...alternatives.map((one) => one.token)]),
  );
  const missing = [...tokens].filter((token) => !pieces.has(token));
  if (missing.length > 0) {
    const found = await model.pieces(missing);
    missing.forEach((token, index) => pieces.set(token, found[index] ?? new Uint8Array()));
  }
  const entry = ({ token, logprob }: TokenLogprob): Omit<LogprobEntry, "top_logprobs"> => {
    const bytes = pieces.get(token) ?? new Uint8Array();
    return { token: new TextDecoder().decode(bytes), logprob: Math.max(LEAST, logprob), bytes: [...bytes] };
  };
  return logprobs.map((one) => ({ ...entry(one), top_logprobs: one.alternatives.map(entry) }));
}

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
