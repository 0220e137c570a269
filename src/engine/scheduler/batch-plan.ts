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

/** Tokens of a prompt that are worth a share of a step: where more prompts wait, the later ones wait for the next. */
const LEAST_SHARE = 128;

/**
 * Gives each request that generates its token, with what was guessed to follow it, and shares what is left of the batch
 * among the prompts: equally, where the short ones leave their rest to the others. Where the shares would be so small that
 * all prompts end late, the first ones share alone.
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
  const prompts = firstToShare(generations, room).sort((a, b) => a.pending - b.pending);
  for (const [index, generation] of prompts.entries()) {
    const share = Math.floor(room / (prompts.length - index));
    const count = chunkOf(generation, Math.min(share, generation.pending), limits);
    if (count === 0) continue;
    parts.push({ generation, count, draft: none });
    room -= count;
  }
  return parts;
}

/** The prompts that a step's room is shared among, the right of way first. */
function firstToShare(generations: readonly Generation[], room: number): Generation[] {
  const first: Generation[] = [];
  let claimed = 0;
  for (const generation of generations) {
    if (claimed >= room) break;
    if (generation.pending <= 1) continue;
    first.push(generation);
    claimed += Math.min(generation.pending, LEAST_SHARE);
  }
  return first;
}

/** A chunk ends where the way to compute changes, and before the last token where that comes apart. */
function chunkOf(generation: Generation, most: number, { lastApart }: BatchLimits): number {
  const { computed, steering, pending } = generation;
  const untilSteered = computed < steering.from ? steering.from - computed : Infinity;
  return Math.min(most, untilSteered, lastApart ? pending - 1 : pending);
}
