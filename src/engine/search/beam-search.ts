import { checkInteger, checkNumber } from "../../llama/check.js";
import type { EngineClient, RequestOptions } from "../hosts/engine-client.js";
import type { GenerationRequest } from "../generation-request.js";
import { generateAll } from "../sequence.js";

export interface BeamSearchOptions {
  /** Beams that are followed, 1 to 64. Default 4. */
  readonly beams?: number;
  /** Most tokens of an answer. Default 64. */
  readonly maxTokens?: number;
  /** Scores are divided by the length to this power: greater favours longer answers. Default 1. */
  readonly lengthPenalty?: number;
}

/** An answer that beam search found. */
export interface Beam {
  readonly text: string;
  readonly tokens: Int32Array;
  /** The sum of its tokens' log-probabilities, divided by its length to the power of `lengthPenalty`. */
  readonly score: number;
  /** Whether the model ended it. */
  readonly ended: boolean;
}

interface Path {
  readonly tokens: readonly number[];
  readonly logprob: number;
  readonly ended: boolean;
}

/**
 * Searches for the likeliest answers, following several at once. Each step computes one token for every beam, in one
 * batch; what beams have in common is computed once.
 *
 * @returns the best first
 */
export async function beamSearch(
  client: EngineClient,
  prompt: GenerationRequest["prompt"],
  { beams = 4, maxTokens = 64, lengthPenalty = 1 }: BeamSearchOptions,
  { signal }: RequestOptions,
): Promise<Beam[]> {
  checkInteger("beams", beams, 1, 64);
  checkInteger("maxTokens", maxTokens, 1, 2 ** 31 - 1);
  checkNumber("lengthPenalty", lengthPenalty);
  const start =
    typeof prompt === "string" ? await client.request({ type: "tokenize", text: prompt }) : Int32Array.from(prompt);
  const scoreOf = ({ tokens, logprob }: Path): number => logprob / Math.max(1, tokens.length) ** lengthPenalty;
  const best = (paths: readonly Path[]): Path[] => paths.toSorted((a, b) => scoreOf(b) - scoreOf(a)).slice(0, beams);
  let paths: Path[] = [{ tokens: [], logprob: 0, ended: false }];
  for (let step = 0; step < maxTokens && paths.some(({ ended }) => !ended); step++) {
    const grown = await Promise.all(paths.map((path) => grow(client, start, path, beams, signal)));
    paths = best(grown.flat());
  }
  return Promise.all(
    paths.map(async (path) => {
      const tokens = Int32Array.from(path.tokens);
      const text = await client.request({ type: "detokenize", tokens });
      return { text, tokens, score: scoreOf(path), ended: path.ended };
    }),
  );
}

/** The likeliest ways to go on. */
async function grow(
  client: EngineClient,
  start: Int32Array,
  path: Path,
  beams: number,
  signal: AbortSignal | undefined,
): Promise<Path[]> {
  if (path.ended) return [path];
  const prompt = Int32Array.of(...start, ...path.tokens);
  const request: GenerationRequest = { prompt, maxTokens: 1, temperature: 0, logprobs: beams, minTokens: 1 };
  const { logprobs = [] } = await generateAll(client, request, { signal });
  const ends = new Set(client.info.endTokens);
  return (logprobs[0]?.alternatives ?? []).map(({ token, logprob }) => {
    const ended = ends.has(token);
    return { tokens: ended ? path.tokens : [...path.tokens, token], logprob: path.logprob + logprob, ended };
  });
}
