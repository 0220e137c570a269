/** Which sequences of the context's memory hold what, and who goes on from where. */
import type { Context, Model } from "../../llama/index.js";
import { MullamaError } from "../../errors.js";
import type { PrefixStore } from "../prefix/prefix-store.js";
import { commonPrefix } from "../token-buffer.js";
import { CachedSequence } from "./cached-sequence.js";
import { alike, type Steering } from "./steering.js";

/** Fewer tokens than this are not worth a place outside the context, or waiting for. */
export const WORTH_KEEPING = 32;

export interface SequenceCacheOptions {
  /** How many sequences there are. */
  readonly sequences: number;
  /** Where prefixes go that the context has no room for. */
  readonly store: PrefixStore | undefined;
}

/** Where a request can go on from. */
interface Start {
  readonly sequence: CachedSequence;
  readonly length: number;
}

export class SequenceCache {
  /**
   * Whether the memory keeps only the latest state of a sequence, and so cannot drop its last tokens: that of recurrent
   * and hybrid models.
   */
  readonly wholeOnly: boolean;
  readonly #context: Context;
  readonly #store: PrefixStore | undefined;
  /** How far a token sees back; 0 for to the beginning, or where all is kept anyway. */
  readonly #window: number;
  readonly #free: CachedSequence[];
  readonly #used = new Set<CachedSequence>();
  #clock = 0;

  /** @param window tokens that a sliding-window layer sees, where the memory keeps no more of it; 0 otherwise */
  constructor(model: Model, context: Context, window: number, { sequences, store }: SequenceCacheOptions) {
    this.wholeOnly = model.isRecurrent || model.isHybrid;
    this.#context = context;
    this.#window = window;
    this.#store = store;
    this.#free = Array.from({ length: sequences }, (_, index) => new CachedSequence(sequences - 1 - index));
  }

  /** The sequences that hold something. */
  get used(): ReadonlySet<CachedSequence> {
    return this.#used;
  }

  /** Tokens in the cache; shared ones count for each sequence. */
  get tokens(): number {
    let sum = 0;
    for (const { tokens } of this.#used) sum += tokens.length;
    return sum;
  }

  /**
   * A sequence to compute `tokens` in, which holds as many of the first ones as any cached one does, but the last, whose
   * outputs are needed. Undefined while every sequence is busy.
   *
   * @param reuse whether to go on from what is cached
   */
  acquire(tokens: Int32Array, steering: Steering, reuse: boolean): CachedSequence | undefined {
    const sequence = reuse ? (this.#restore(tokens, steering) ?? this.#reuse(tokens, steering)) : this.#take();
    if (sequence === undefined) return undefined;
    sequence.busy = true;
    sequence.steering = steering;
    sequence.usedAt = ++this.#clock;
    return sequence;
  }

  /** How many of the first `tokens` a request could go on from, if it began now. */
  reusable(tokens: Int32Array, steering: Steering): number {
    return this.#find(tokens, steering)?.length ?? 0;
  }

  /** Ends the work with a sequence. What it holds stays for others. */
  release(sequence: CachedSequence): void {
    sequence.busy = false;
    sequence.usedAt = ++this.#clock;
    if (sequence.exact < sequence.tokens.length && !this.truncate(sequence, sequence.exact)) this.drop(sequence);
    if (sequence.tokens.length === 0) this.drop(sequence);
  }

  /** Keeps what a busy sequence holds now under another number, for a memory that could not go back to it. */
  checkpoint(sequence: CachedSequence): void {
    const held = sequence.tokens.view();
    for (const other of this.#used) {
      if (
        other !== sequence &&
        other.tokens.length === held.length &&
        this.#usable(other, held, sequence.steering) === held.length
      )
        return;
    }
    const copy = this.#take(sequence);
    if (copy === undefined) return;
    this.#copy(sequence, copy, held.length);
    copy.usedAt = ++this.#clock;
  }

  /** Forgets the tokens of a sequence from `length` on; false where the memory cannot, and nothing has changed. */
  truncate(sequence: CachedSequence, length: number): boolean {
    if (length >= sequence.tokens.length) return true;
    if (length > 0 && this.wholeOnly) return false;
    if (!this.#context.memory.remove(sequence.id, { from: length })) return false;
    sequence.truncate(length);
    return true;
  }

  /** Forgets what the context computed beyond what is written down of a sequence, after a computation was cut short. */
  settle(sequence: CachedSequence): void {
    const { length } = sequence.tokens;
    if ((this.#context.memory.range(sequence.id)?.last ?? -1) < length) return;
    if (length > 0 && !this.wholeOnly && this.#context.memory.remove(sequence.id, { from: length })) return;
    this.#context.memory.remove(sequence.id);
    sequence.truncate(0);
  }

  /** Makes room by forgetting the sequence that was not used longest; false where all are busy. */
  evict(but?: CachedSequence): boolean {
    let oldest: CachedSequence | undefined;
    for (const sequence of this.#used) {
      if (sequence.busy || sequence === but) continue;
      if (oldest === undefined || sequence.usedAt < oldest.usedAt) oldest = sequence;
    }
    if (oldest === undefined) return false;
    this.#spill(oldest);
    this.drop(oldest);
    return true;
  }

  /** Forgets a sequence. */
  drop(sequence: CachedSequence): void {
    this.#context.memory.remove(sequence.id);
    sequence.truncate(0);
    sequence.busy = false;
    if (this.#used.delete(sequence)) this.#free.push(sequence);
  }

  /** Forgets every sequence that is not busy. */
  clear(): void {
    for (const sequence of this.#used) if (!sequence.busy) this.drop(sequence);
  }

  /** Moves everything that is worth it to the store. */
  spillAll(): void {
    for (const sequence of this.#used) this.#spill(sequence);
  }

  /** Puts a saved sequence into the cache; false where all are busy. @throws {MullamaError} `STATE_INVALID`, `STATE_LOAD_FAILED` */
  insert(tokens: Int32Array, steering: Steering, state: Uint8Array): boolean {
    const sequence = this.#take();
    if (sequence === undefined) return false;
    try {
      this.#load(sequence, tokens, steering, state);
    } catch (error) {
      this.drop(sequence);
      throw error;
    }
    sequence.usedAt = ++this.#clock;
    return true;
  }

  /** What the context holds otherwise than it is written down here: nothing, unless there is a mistake in this program. */
  audit(): string[] {
    const problems: string[] = [];
    const { memory, limits } = this.#context;
    const held = new Map(Array.from(this.#used, (sequence) => [sequence.id, sequence]));
    for (let id = 0; id < limits.maxSequences; id++) {
      const length = held.get(id)?.tokens.length ?? 0;
      const range = memory.range(id);
      const last = range?.last ?? -1;
      if (last !== length - 1) problems.push(`sequence ${id} ends at ${last}, not at ${length - 1}`);
      const complete = !this.wholeOnly && this.#window === 0;
      if (complete && (range?.first ?? 0) !== 0) problems.push(`sequence ${id} begins at ${range?.first}`);
    }
    if (this.#free.length + this.#used.size !== limits.maxSequences) problems.push("a sequence is lost");
    return problems;
  }

  #find(tokens: Int32Array, steering: Steering): Start | undefined {
    let best: Start | undefined;
    for (const sequence of this.#used) {
      const length = this.#usable(sequence, tokens.subarray(0, -1), steering);
      if (length === 0) continue;
      if (best === undefined || length > best.length || (length === best.length && costsLess(sequence, best.sequence)))
        best = { sequence, length };
    }
    return best;
  }

  /** How many of the first `tokens` a sequence holds and can be cut down to. */
  #usable(sequence: CachedSequence, tokens: Int32Array, steering: Steering): number {
    const most = Math.min(alike(sequence.steering, steering), sequence.exact);
    const length = Math.min(commonPrefix(sequence.tokens.view(), tokens), most);
    if (length === sequence.tokens.length || length === 0) return length;
    if (this.wholeOnly) return 0;
    if (this.#window === 0) return length;
    const first = this.#context.memory.range(sequence.id)?.first ?? Infinity;
    return first <= Math.max(0, length - this.#window) ? length : 0;
  }

  /** A sequence that holds the first tokens of another, or that itself where nobody else needs it; or an empty one. */
  #reuse(tokens: Int32Array, steering: Steering): CachedSequence | undefined {
    const start = this.#find(tokens, steering);
    if (start === undefined) return this.#take();
    const { sequence, length } = start;
    const mostOfIt = length * 2 >= sequence.tokens.length;
    const copy = sequence.busy || !mostOfIt ? this.#take(sequence) : undefined;
    if (copy === undefined) {
      if (sequence.busy) return undefined;
      this.truncate(sequence, length);
      return sequence;
    }
    this.#copy(sequence, copy, length);
    return copy;
  }

  #copy(source: CachedSequence, target: CachedSequence, length: number): void {
    const { memory, limits } = this.#context;
    if (limits.unified && !this.wholeOnly) {
      memory.copy(source.id, target.id, { to: length });
      target.copyFrom(source, length);
      source.shared = Math.max(source.shared, length);
      return;
    }
    // A split cache copies the data, of whole sequences only.
    memory.copy(source.id, target.id);
    target.copyFrom(source, source.tokens.length);
    target.shared = 0;
    this.truncate(target, length);
  }

  /** A sequence with a prefix from the store, where that holds clearly more of `tokens` than the context does. */
  #restore(tokens: Int32Array, steering: Steering): CachedSequence | undefined {
    if (this.#store === undefined) return undefined;
    const cached = this.reusable(tokens, steering);
    if (tokens.length < cached + WORTH_KEEPING) return undefined;
    const found = this.#store.find(tokens.subarray(0, -1), steering.key);
    if (found === undefined || found.length < cached + WORTH_KEEPING) return undefined;
    const saved = found.load();
    const sequence = saved === undefined ? undefined : this.#take();
    if (saved === undefined || sequence === undefined) return undefined;
    try {
      this.#load(sequence, saved.tokens, steering, saved.state);
      if (this.truncate(sequence, found.length)) return sequence;
    } catch (error) {
      if (!MullamaError.isInstance(error)) throw error;
    }
    this.drop(sequence);
    return undefined;
  }

  #load(sequence: CachedSequence, tokens: Int32Array, steering: Steering, state: Uint8Array): void {
    this.#context.state.loadSequence(state, sequence.id);
    sequence.tokens.append(tokens);
    sequence.steering = steering;
  }

  /** An empty sequence; the one that was not used longest gives way. */
  #take(but?: CachedSequence): CachedSequence | undefined {
    if (this.#free.length === 0 && !this.evict(but)) return undefined;
    const sequence = this.#free.pop();
    if (sequence !== undefined) this.#used.add(sequence);
    return sequence;
  }

  #spill(sequence: CachedSequence): void {
    if (this.#store === undefined || sequence.busy || sequence.tokens.length < WORTH_KEEPING) return;
    // What an activated LoRA begins to change in the middle has no key of its own.
    if (sequence.steering.from !== 0 && sequence.steering.from !== Infinity) return;
    try {
      const state = this.#context.state.saveSequence(sequence.id);
      this.#store.put({ tokens: sequence.tokens.view().slice(), steering: sequence.steering.key, state });
    } catch (error) {
      // Some states cannot be saved, such as one that sequences share; then it is computed again when it is needed.
      if (!MullamaError.isInstance(error)) throw error;
    }
  }
}

/** Rather take over what nobody works with, and what is not longer than needed. */
function costsLess(a: CachedSequence, b: CachedSequence): boolean {
  return a.busy === b.busy ? a.tokens.length < b.tokens.length : !a.busy;
}
