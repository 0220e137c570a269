import { checkInteger } from "../../llama/check.js";
import type { EngineClient, RequestOptions } from "../hosts/engine-client.js";
import type { GenerationRequest } from "../generation-request.js";
import { generateAll, type GenerationResult } from "../sequence.js";

/** An answer, and how likely the model finds it. */
export interface ScoredGeneration extends GenerationResult {
  /** The mean log-probability of its tokens; -Infinity for an empty one. */
  readonly score: number;
}

/**
 * Generates several answers at once, and sorts them by how likely the model finds their tokens on average.
 *
 * @param count how many answers, 1 to 128
 */
export async function bestOf(
  client: EngineClient,
  request: GenerationRequest,
  count: number,
  options: RequestOptions,
): Promise<ScoredGeneration[]> {
  const answers = await generateMany(client, { ...request, logprobs: request.logprobs ?? 0 }, count, options);
  const scored = answers.map((answer) => ({ ...answer, score: meanLogprob(answer) }));
  return scored.sort((a, b) => b.score - a.score);
}

/** How often answers agree. */
export interface Vote {
  /** What they agree on. */
  readonly answer: string;
  readonly votes: number;
}

/**
 * Generates several answers at once, and counts what they come down to: what most of them say is more often right than
 * any one of them (Wang et al., "Self-Consistency Improves Chain of Thought Reasoning", 2022).
 *
 * @param extract what an answer comes down to; undefined for one that does not count
 */
export async function selfConsistency(
  client: EngineClient,
  request: GenerationRequest,
  count: number,
  extract: (text: string) => string | undefined,
  options: RequestOptions,
): Promise<Vote[]> {
  const votes = new Map<string, number>();
  for (const { text } of await generateMany(client, request, count, options)) {
    const answer = extract(text);
    if (answer !== undefined) votes.set(answer, (votes.get(answer) ?? 0) + 1);
  }
  return Array.from(votes, ([answer, given]) => ({ answer, votes: given })).sort((a, b) => b.votes - a.votes);
}

/** Each with a seed of its own; where one was given, the others follow on it. */
async function generateMany(
  client: EngineClient,
  request: GenerationRequest,
  count: number,
  { signal }: RequestOptions,
): Promise<GenerationResult[]> {
  checkInteger("count", count, 1, 128);
  const leave = new AbortController();
  const signals = signal === undefined ? [leave.signal] : [signal, leave.signal];
  const one = (index: number): Promise<GenerationResult> => {
    const seed = request.seed === undefined ? {} : { seed: (request.seed + index) % 0xffff_ffff };
    return generateAll(client, { ...request, ...seed }, { signal: AbortSignal.any(signals) });
  };
  try {
    return await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  } catch (error) {
    // Without the one, the others are of no use.
    leave.abort(error);
    throw error;
  }
}

function meanLogprob({ logprobs = [] }: GenerationResult): number {
  if (logprobs.length === 0) return -Infinity;
  return logprobs.reduce((sum, { logprob }) => sum + logprob, 0) / logprobs.length;
}
