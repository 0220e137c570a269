/**
 * States of sequences that stay on the device. C keeps the last one of each sequence, and ends the process when it is
 * given the rest of another, or when there is no room for it: so both are looked at first.
 */
import { MullamaError } from "../errors.js";
import type { ContextState } from "./context-state.js";
import { api } from "./library.js";
import { invalid } from "./state-seal.js";

let serials = 0;

export class DeviceStates {
  readonly #state: ContextState;
  readonly #latest = new Map<number, { readonly serial: number; readonly cells: number }>();

  constructor(state: ContextState) {
    this.#state = state;
  }

  /** Notes that a sequence's state was saved; returns a number that no other save has. */
  add(sequence: number): number {
    const serial = ++serials;
    this.#latest.set(sequence, { serial, cells: this.#cellsOf(sequence) });
    return serial;
  }

  /** Throws unless C still has the state with this number, and room for it. */
  check(payload: Uint8Array, serial: number, target: number): void {
    const sequence = new DataView(payload.buffer, payload.byteOffset).getInt32(4, true);
    const latest = this.#latest.get(sequence);
    if (latest?.serial !== serial) throw invalid("stayed on the device, where another has taken its place");
    const { unified, contextSize, contextSizePerSequence, maxSequences } = this.#state.limits;
    const others = unified
      ? Array.from({ length: maxSequences }, (_, id) => (id === target ? 0 : this.#cellsOf(id)))
      : [];
    const used = others.reduce((sum, cells) => sum + cells, 0);
    if (used + latest.cells <= (unified ? contextSize : contextSizePerSequence)) return;
    throw new MullamaError("KV_CACHE_FULL", "There may be no room for the state in the KV cache.", {
      hint: "Remove sequences first. A prefix that sequences share counts for each of them here.",
    });
  }

  /** Cells that a sequence takes, at most. */
  #cellsOf(sequence: number): number {
    const memory = api().llama_get_memory(this.#state.handle.pointer);
    if (memory === null) return 0;
    const last = api().llama_memory_seq_pos_max(memory, sequence);
    return last < 0 ? 0 : last - api().llama_memory_seq_pos_min(memory, sequence) + 1;
  }
}
