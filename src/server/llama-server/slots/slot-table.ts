import { HttpError } from "../../http/http-error.js";
import type { LoadedModel } from "../../../mullama.js";

/**
 * A place for one text at a time, as llama-server's clients think of it. The engine shares what it has computed among all
 * requests; a slot only remembers which tokens were worked on last under its number, so that they can be saved.
 */
export interface Slot {
  readonly id: number;
  /** The prompt, and the answer once it has ended. */
  tokens: Int32Array;
  /** Requests that work on it. */
  users: number;
  /** Tokens that were generated in the request that works on it, or that did last. */
  decoded: number;
  /** What the last request was made with. */
  settings: object | undefined;
  lastUsedAt: number;
}

/** The slots of a model: as many as it answers requests at the same time. */
export class SlotTable {
  readonly slots: readonly Slot[];
  #clock = 0;

  constructor(count: number) {
    this.slots = Array.from({ length: count }, (_, id) => ({
      id,
      tokens: new Int32Array(),
      users: 0,
      decoded: 0,
      settings: undefined,
      lastUsedAt: 0,
    }));
  }

  /** The slot of a number. @throws {HttpError} `NOT_FOUND` where there is none */
  get(id: number): Slot {
    const slot = this.slots[id];
    if (slot !== undefined) return slot;
    throw new HttpError("NOT_FOUND", `There is no slot ${id}: this model has ${this.slots.length}.`, {
      param: "id_slot",
    });
  }

  /**
   * Begins to work on a prompt: in the slot of a number, or for -1 in an idle one: the one that has most of the prompt, if it
   * has half of it, or else the one that was idle the longest. Undefined where none is idle.
   */
  take(id: number, prompt: Int32Array, settings: object): Slot | undefined {
    const slot = id >= 0 ? this.get(id) : this.#idle(prompt);
    if (slot === undefined) return undefined;
    Object.assign(slot, { tokens: prompt, decoded: 0, settings, lastUsedAt: ++this.#clock, users: slot.users + 1 });
    return slot;
  }

  #idle(prompt: Int32Array): Slot | undefined {
    const scored = this.slots
      .filter(({ users }) => users === 0)
      .map((slot) => ({ slot, common: commonPrefix(slot.tokens, prompt) }))
      .map(({ slot, common }) => ({ slot, common: common * 2 < prompt.length ? 0 : common }));
    return scored.sort((a, b) => b.common - a.common || a.slot.lastUsedAt - b.slot.lastUsedAt)[0]?.slot;
  }
}

const tables = new WeakMap<LoadedModel, SlotTable>();

/** The slots of a model, for as long as it is loaded. */
export function slotsOf(model: LoadedModel): SlotTable {
  const table = tables.get(model) ?? new SlotTable(model.info.parallel);
  tables.set(model, table);
  return table;
}

function commonPrefix(one: Int32Array, other: Int32Array): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) if (one[index] !== other[index]) return index;
  return length;
}
