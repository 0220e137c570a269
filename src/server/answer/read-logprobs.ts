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
