import { ArgumentError, MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { checkBoolean, checkInteger } from "./check.js";
import { type ContextState, stateOf } from "./context-state.js";
import { api } from "./library.js";

/** Positions from `from` to before `to`; left out, they mean the beginning and the end. */
export interface PositionRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const UINT31 = 2 ** 31 - 1;

/**
 * What a context remembers of its sequences: the KV cache, or a recurrent model's state. It belongs to its context.
 *
 * @example
 * context.memory.copy(0, 1); // sequence 1 continues what sequence 0 has computed
 * context.memory.remove(0, { from: 10 }); // forget all from position 10 on
 */
export class Memory {
  readonly #state: ContextState;

  /** @internal Use `context.memory`. */
  constructor(context: object) {
    this.#state = stateOf(context);
  }

  /** Forgets everything (`llama_memory_clear`). @param data also zero the buffers; default true */
  clear(data = true): void {
    api().llama_memory_clear(this.#pointer(), checkBoolean("data", data));
    Object.assign(this.#state.recurrent, { shared: false, rolledBack: false });
  }

  /**
   * Forgets positions of a sequence, or of every sequence where it is undefined (`llama_memory_seq_rm`).
   *
   * @returns false where the memory cannot forget a part of a sequence, as with recurrent models: nothing has changed then
   */
  remove(sequence: number | undefined, range: PositionRange = {}): boolean {
    const pointer = this.#pointer();
    const [from, to] = this.#range(range);
    if (from > 0) this.#state.recurrent.rolledBack = true;
    if (sequence !== undefined)
      return api().llama_memory_seq_rm(pointer, this.#sequence("sequence", sequence), from, to);
    // C's recurrent memory keeps its ends of sequences when it forgets them all this way, and asserts later.
    if (from <= 0 && to < 0) {
      api().llama_memory_clear(pointer, false);
      return true;
    }
    return api().llama_memory_seq_rm(pointer, -1, from, to);
  }

  /**
   * Makes a sequence share what another has computed (`llama_memory_seq_cp`). With a split cache (`kvUnified: false`) the
   * data are copied, and only whole sequences can be.
   */
  copy(source: number, target: number, range: PositionRange = {}): void {
    const pointer = this.#pointer();
    const from = this.#sequence("source", source);
    const to = this.#sequence("target", target);
    if (from === to) return;
    if (!this.#state.limits.unified && (range.from !== undefined || range.to !== undefined)) {
      throw new ArgumentError("range", "left out: with a split KV cache only whole sequences can be copied", range, {
        hint: "Make the context with kvUnified: true.",
      });
    }
    api().llama_memory_seq_cp(pointer, from, to, ...this.#range(range));
    if (!this.#state.limits.unified) this.#state.unsettled = true;
    this.#state.recurrent.shared = true;
  }

  /** Forgets every other sequence (`llama_memory_seq_keep`). */
  keep(sequence: number): void {
    const pointer = this.#pointer();
    const id = this.#sequence("sequence", sequence);
    api().llama_memory_seq_keep(pointer, id);
    if (this.#state.limits.unified) return;
    // With a split cache C looks at this sequence's part alone.
    for (let other = 0; other < this.#state.limits.maxSequences; other++) {
      if (other !== id) api().llama_memory_seq_rm(pointer, other, -1, -1);
    }
  }

  /** Adds `delta` to positions of a sequence (`llama_memory_seq_add`), for instance to close a gap. */
  shift(sequence: number, range: PositionRange, delta: number): void {
    const pointer = this.#shiftable();
    const id = this.#sequence("sequence", sequence);
    const [from, to] = this.#range(range);
    const step = checkInteger("delta", delta, -UINT31, UINT31);
    if (Math.max(from, 0) + step < 0)
      throw new ArgumentError("delta", `at least ${-Math.max(from, 0)}, so that no position is negative`, delta);
    const last = this.range(sequence)?.last ?? 0;
    if (last + step >= UINT31)
      throw new ArgumentError(
        "delta",
        `at most ${UINT31 - 1 - last}, so that no position is beyond C's integers`,
        delta,
      );
    api().llama_memory_seq_add(pointer, id, from, to, step);
    this.#state.unsettled = true;
  }

  /** Divides positions of a sequence by `divisor`, 2 or more (`llama_memory_seq_div`). */
  divide(sequence: number, range: PositionRange, divisor: number): void {
    const pointer = this.#shiftable();
    const id = this.#sequence("sequence", sequence);
    api().llama_memory_seq_div(pointer, id, ...this.#range(range), checkInteger("divisor", divisor, 2, UINT31));
    this.#state.unsettled = true;
  }

  /** The first and last position of a sequence (`llama_memory_seq_pos_min`, `_max`); undefined when it is empty. */
  range(sequence: number): { readonly first: number; readonly last: number } | undefined {
    const pointer = this.#pointer();
    const id = this.#sequence("sequence", sequence);
    const last = api().llama_memory_seq_pos_max(pointer, id);
    return last < 0 ? undefined : { first: api().llama_memory_seq_pos_min(pointer, id), last };
  }

  /** Whether positions can be shifted (`llama_memory_can_shift`). */
  get canShift(): boolean {
    return api().llama_memory_can_shift(this.#pointer()) && this.#state.limits.shiftsKeys;
  }

  /** C's memory; changing it makes earlier outputs no less valid, since they were copied out. */
  #pointer(): Pointer<"llama_memory_i"> {
    const pointer = api().llama_get_memory(this.#state.handle.pointer);
    if (pointer === null)
      throw new MullamaError("UNSUPPORTED", "This model has no memory: every call sees its whole input.");
    return pointer;
  }

  #shiftable(): Pointer<"llama_memory_i"> {
    const pointer = this.#pointer();
    if (this.canShift) return pointer;
    throw new MullamaError("UNSUPPORTED", "The positions of this model's memory cannot be shifted.", {
      hint: "Ask memory.canShift first.",
    });
  }

  #sequence(name: string, id: number): number {
    return checkInteger(name, id, 0, this.#state.limits.maxSequences - 1);
  }

  #range({ from, to }: PositionRange): [number, number] {
    const first = from === undefined ? -1 : checkInteger("range.from", from, 0, UINT31);
    const end = to === undefined ? -1 : checkInteger("range.to", to, 0, UINT31);
    // C takes an end of 0 for "none", and so did the caller: no position lies before 0.
    return to !== undefined && end <= Math.max(first, 0) ? [UINT31, UINT31] : [first, end];
  }
}
