/** Runs many generations at once in one context: each step computes one batch for all of them. */
import { MullamaError } from "../../errors.js";
import { Batch, type Context, type Model } from "../../llama/index.js";
import type { Drafter, DraftRequest } from "../speculation/drafter.js";
import { commonPrefix } from "../token-buffer.js";
import { type BatchPart, planBatch } from "./batch-plan.js";
import { shiftContext } from "./context-shift.js";
import type { Generation, Progress } from "./generation.js";
import { comesBefore, type RequestQueue } from "./request-queue.js";
import { type SequenceCache, WORTH_KEEPING } from "./sequence-cache.js";
import { alike, type SteeringSet } from "./steering.js";
import { newTotals, type StepTotals } from "./step-totals.js";

/** Hears what becomes of generations. */
export interface SchedulerListener {
  progressed(generation: Generation, progress: Progress): void;
  /** All tokens of a generation that wants none are computed. */
  prompted(generation: Generation): void;
  failed(generation: Generation, error: unknown): void;
}

export interface SchedulerParts {
  readonly model: Model;
  readonly context: Context;
  readonly cache: SequenceCache;
  readonly queue: RequestQueue;
  readonly steering: SteeringSet;
  readonly drafter: Drafter | undefined;
  readonly maxDraft: number;
  readonly parallel: number;
  readonly promptChunk: number;
  readonly listener: SchedulerListener;
}

export class Scheduler implements Disposable {
  readonly totals: StepTotals = newTotals();
  readonly #parts: SchedulerParts;
  readonly #batch: Batch;
  /** What is at work, the right of way first. */
  #running: Generation[] = [];
  /** What has put another back for lack of room: nothing new begins until it has ended. */
  #crowded = false;
  /** The steering of the last step, so that others get their turn. */
  #turn = "";

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#batch = new Batch({ capacity: parts.context.limits.batchSize });
  }

  get running(): readonly Generation[] {
    return this.#running;
  }

  /** Computes one batch. @returns whether there is more to do */
  step(): boolean {
    this.#admit();
    const parts = this.#plan();
    if (parts.length > 0) this.#compute(parts);
    return this.#running.length > 0 || this.#parts.queue.length > 0;
  }

  /** Ends the work on a generation; what was computed of it stays cached, unless it wanted nothing of the cache. */
  stop(generation: Generation): void {
    const { sequence, request } = generation;
    this.#parts.queue.remove(generation);
    this.#park(generation);
    // Every step of the others looks at the cells of what stays, only to pass over them.
    if (sequence !== undefined && request.reuse === false) this.#parts.cache.drop(sequence);
    this.#parts.drafter?.forget(generation.id);
    this.#crowded = false;
  }

  /** Lets go of a generation's place until {@link wake}: its reader is slow. */
  pause(generation: Generation): void {
    generation.paused = true;
    this.#parts.queue.remove(generation);
    this.#park(generation);
  }

  wake(generation: Generation): void {
    if (!generation.paused) return;
    generation.paused = false;
    this.#parts.queue.putBack(generation);
  }

  [Symbol.dispose](): void {
    this.#batch.dispose();
  }

  #park(generation: Generation): void {
    const { sequence } = generation;
    if (sequence === undefined) return;
    generation.sequence = undefined;
    this.#running = this.#running.filter((other) => other !== generation);
    this.#parts.cache.release(sequence);
  }

  #admit(): void {
    const { queue, cache, parallel } = this.#parts;
    if (this.#running.length === 0) this.#crowded = false;
    for (const generation of queue) {
      if (this.#running.length >= parallel || this.#crowded) return;
      if (this.#isBeingComputed(generation)) continue;
      // What it has begun, it goes on with.
      const reuse = generation.completionTokens > 0 || (generation.request.reuse ?? true);
      const sequence = cache.acquire(generation.tokens.view(), generation.steering, reuse);
      if (sequence === undefined) return;
      queue.remove(generation);
      generation.sequence = sequence;
      if (generation.completionTokens === 0) generation.cachedTokens = sequence.tokens.length;
      generation.clock.begin();
      this.#insert(generation);
    }
  }

  #insert(generation: Generation): void {
    const at = this.#running.findIndex((other) => comesBefore(generation, other));
    this.#running.splice(at < 0 ? this.#running.length : at, 0, generation);
  }

  /** Whether a request at work computes a prefix of this one that is worth waiting for. */
  #isBeingComputed({ tokens, steering, request }: Generation): boolean {
    if (request.reuse === false) return false;
    const wanted = tokens.view(0, tokens.length - 1);
    let ahead = 0;
    for (const other of this.#running) {
      if (other.pending <= 1) continue;
      const common = Math.min(commonPrefix(other.tokens.view(), wanted), alike(other.steering, steering));
      if (common > other.computed) ahead = Math.max(ahead, common);
    }
    return ahead >= WORTH_KEEPING && ahead >= this.#parts.cache.reusable(tokens.view(), steering) + WORTH_KEEPING;
  }

  #plan(): BatchPart[] {
    const { context, cache, promptChunk } = this.#parts;
    const turn = this.#nextTurn();
    const generations = this.#running.filter(({ nextSteering }) => nextSteering.key === turn);
    const drafts = this.#draft(generations);
    return planBatch(generations, drafts, {
      batchSize: context.limits.batchSize,
      promptChunk,
      lastApart: cache.wholeOnly,
    });
  }

  /** The steering that comes after the last step's, of those that are wanted; one batch has one. */
  #nextTurn(): string {
    const keys = [...new Set(this.#running.map(({ nextSteering }) => nextSteering.key))].sort();
    this.#turn = keys.find((key) => key > this.#turn) ?? keys[0] ?? "";
    return this.#turn;
  }

  #draft(generations: readonly Generation[]): ReadonlyMap<Generation, Int32Array> {
    const { drafter, context, maxDraft, cache } = this.#parts;
    if (drafter === undefined || cache.wholeOnly) return new Map();
    const capacity = context.limits.contextSizePerSequence;
    const wanting = generations.flatMap((generation): [Generation, DraftRequest][] => {
      const { id, tokens, wanted, pending, request } = generation;
      const max = Math.min(maxDraft, wanted - 1, capacity - tokens.length);
      const drafts = pending === 1 && max > 0 && generation.sampler !== undefined && (request.speculate ?? true);
      return drafts ? [[generation, { id, tokens, max }]] : [];
    });
    if (wanting.length === 0) return new Map();
    const drafts = drafter.draft(wanting.map(([, request]) => request));
    return new Map(wanting.map(([generation], index) => [generation, drafts[index] ?? new Int32Array(0)]));
  }

  #compute(planned: readonly BatchPart[]): void {
    const { steering, cache } = this.#parts;
    let parts = planned;
    try {
      const [first] = parts;
      if (first !== undefined) steering.apply(first.generation.nextSteering);
      for (;;) {
        this.#fill(parts);
        if (this.#decode()) break;
        parts = this.#makeRoom(parts);
        if (parts.length === 0) return;
      }
    } catch (error) {
      for (const { generation } of parts) if (generation.sequence !== undefined) cache.settle(generation.sequence);
      // Somebody has stopped it, most likely to cancel one of the requests; the others compute it again.
      if (MullamaError.isInstance(error) && error.code === "ABORTED") return;
      for (const { generation } of parts) this.#fail(generation, error);
      return;
    }
    this.#account(parts);
    let index = 0;
    for (const part of parts) {
      this.#finishPart(part, index);
      index += part.count + part.draft.length;
    }
  }

  #fill(parts: readonly BatchPart[]): void {
    const batch = this.#batch;
    batch.clear();
    for (const { generation, count, draft } of parts) {
      const { tokens, computed, sequence, sampler } = generation;
      if (sequence === undefined) continue;
      const sequences = [sequence.id];
      const end = computed + count;
      const last = sampler !== undefined && end === tokens.length ? end - 1 : -1;
      for (let position = computed; position < end; position++) {
        batch.add(tokens.at(position), { position, sequences, output: position === last });
      }
      draft.forEach((token, offset) => batch.add(token, { position: end + offset, sequences, output: true }));
    }
  }

  /** False where there is no room for the batch. */
  #decode(): boolean {
    try {
      this.#parts.context.decode(this.#batch);
      return true;
    } catch (error) {
      if (MullamaError.isInstance(error) && error.code === "KV_CACHE_FULL") return false;
      throw error;
    }
  }

  /** Forgets what is only cached, then puts back what has the least right of way. @returns what is left to compute */
  #makeRoom(parts: readonly BatchPart[]): readonly BatchPart[] {
    if (this.#parts.cache.evict()) return parts;
    if (parts.some(({ draft }) => draft.length > 0))
      return parts.map((part) => ({ ...part, draft: new Int32Array(0) }));
    const last = this.#running.at(-1);
    if (last === undefined) return [];
    if (this.#running.length > 1) {
      this.#crowded = true;
      this.#park(last);
      this.#parts.queue.putBack(last);
      return parts.filter(({ generation }) => generation !== last);
    }
    const [part] = parts;
    if (part !== undefined && part.count > 1) return [{ ...part, count: Math.ceil(part.count / 2) }];
    this.#overflow(last);
    return [];
  }

  #account(parts: readonly BatchPart[]): void {
    this.totals.steps++;
    for (const { generation, count, draft } of parts) {
      this.totals.computed += count + draft.length;
      if (generation.completionTokens === 0) this.totals.prompt += count;
    }
  }

  /** @param index where its tokens begin in the batch */
  #finishPart({ generation, count, draft }: BatchPart, index: number): void {
    const { cache } = this.#parts;
    const { sequence, tokens, computed, sampler } = generation;
    if (sequence === undefined) return;
    sequence.tokens.append(tokens.view(computed, computed + count));
    if (cache.wholeOnly && computed + count === generation.prompt.length - 1) cache.checkpoint(sequence);
    if (generation.pending > 0) return;
    generation.clock.prompted();
    if (sampler === undefined) {
      this.#parts.listener.prompted(generation);
      return;
    }
    sequence.tokens.append(draft);
    try {
      this.#sample(generation, draft, index + count - 1);
    } catch (error) {
      this.#fail(generation, error);
    }
  }

  /** Samples after the last token, and after each guess as long as they were right. */
  #sample(generation: Generation, draft: Int32Array, output: number): void {
    const { context, model, cache, listener } = this.#parts;
    const { sampler, sequence, tokens } = generation;
    if (sampler === undefined || sequence === undefined) return;
    const before = tokens.length;
    let right = 0;
    let going = true;
    const next = (): ReturnType<typeof sampler.sample> | undefined => {
      if (!going) return undefined;
      const sampled = sampler.sample(context, output + right);
      going = right < draft.length && sampled.token === draft[right];
      if (going) right++;
      return sampled;
    };
    const progress = generation.take(next, model.vocab);
    generation.draftTokens += draft.length;
    generation.acceptedDraftTokens += right;
    this.totals.draft += draft.length;
    this.totals.acceptedDraft += right;
    this.totals.completion += progress.tokens.length;
    // What was guessed wrong, or lies behind the end, goes; the last token is not computed yet.
    cache.truncate(sequence, Math.min(before + right, tokens.length));
    listener.progressed(generation, progress);
    if (progress.ending === undefined && tokens.length > context.limits.contextSizePerSequence) {
      this.#overflow(generation);
    }
  }

  #overflow(generation: Generation): void {
    const { context, cache, listener } = this.#parts;
    const { contextSizePerSequence: capacity } = context.limits;
    const { overflow = "stop" } = generation.request;
    if (overflow === "shift") shiftContext(generation, cache, context);
    else if (overflow === "stop") {
      listener.progressed(generation, {
        text: generation.flush(),
        tokens: [],
        logprobs: [],
        ending: { reason: "length" },
      });
    } else {
      const error = new MullamaError("CONTEXT_FULL", `The context has room for ${capacity} tokens, and is full.`, {
        hint: 'Make the engine with a larger contextSize, or ask for overflow "shift" or "stop".',
      });
      this.#fail(generation, error);
    }
  }

  #fail(generation: Generation, error: unknown): void {
    this.#parts.listener.failed(generation, error);
  }
}
