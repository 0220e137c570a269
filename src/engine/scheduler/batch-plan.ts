/** Which tokens of which requests are computed in a step. */
import type { Generation } from "./generation.js";

/** Tokens of one request: those that are known and not computed yet, from the first, and those that are only guessed. */
export interface BatchPart {
  readonly generation: Generation;
  readonly count: number;
  readonly draft: Int32Array;
}

export interface BatchLimits {
  /** Most tokens of a step. */
  readonly batchSize: number;
  /** Most tokens of prompts in a step in which other requests generate. */
  readonly promptChunk: number;
  /** Whether the memory cannot go back, so that the last token of a prompt is computed by itself. */
  readonly lastApart: boolean;
}

const none = new Int32Array(0);

/** What each prompt gets before any gets more, the right of way first. */
const LEAST_SHARE = 128;

/**
 * Gives each request that generates its token, with what was guessed to follow it, and shares what is left of the batch
 * among the prompts: first some for each as long as there is room, so that of many not all end late; then the rest equally,
 * where the short ones leave what they do not need to the others.
 *
 * @param generations the right of way first
 */
export function planBatch(
  generations: readonly Generation[],
  drafts: ReadonlyMap<Generation, Int32Array>,
  limits: BatchLimits,
): BatchPart[] {
  const parts: BatchPart[] = [];
  let room = limits.batchSize;
  const generating = generations.filter(({ pending }) => pending === 1);
  for (const [index, generation] of generating.entries()) {
    if (room === 0) break;
    const others = Math.min(generating.length - index - 1, room - 1);
    const draft = (drafts.get(generation) ?? none).subarray(0, room - 1 - others);
    parts.push({ generation, count: 1, draft });
    room -= 1 + draft.length;
  }
  if (parts.length > 0) room = Math.min(room, limits.promptChunk);
  for (const [generation, count] of sharePrompts(generations, room, limits)) {
    if (count > 0) parts.push({ generation, count, draft: none });
  }
  return parts;
}

/** How many tokens of each prompt are computed. */
function sharePrompts(generations: readonly Generation[], most: number, limits: BatchLimits): Map<Generation, number> {
  const shares = new Map<Generation, number>();
  let room = most;
  for (const generation of generations) {
    if (room === 0) break;
    if (generation.pending <= 1) continue;
    const count = Math.min(chunkOf(generation, limits), LEAST_SHARE, room);
    shares.set(generation, count);
    room -= count;
  }
  const lacks = Array.from(shares, ([generation, count]) => ({
    generation,
    lack: chunkOf(generation, limits) - count,
  }));
  lacks.sort((a, b) => a.lack - b.lack);
  for (const [index, { generation, lack }] of lacks.entries()) {
    const more = Math.min(lack, Math.floor(room / (lacks.length - index)));
    shares.set(generation, (shares.get(generation) ?? 0) + more);
    room -= more;
  }
  return shares;
}

/** What is left of a prompt; up to where the way to compute changes, and without the last token where that comes apart. */
function chunkOf({ computed, steering, pending }: Generation, { lastApart }: BatchLimits): number {
  const untilSteered = computed < steering.from ? steering.from - computed : Infinity;
  return Math.min(untilSteered, lastApart ? pending - 1 : pending);
}
