import { MullamaError } from "../../errors.js";
import type { Generation } from "./generation.js";

/** Requests that wait for a slot: greater priority first, then the earlier one. */
export class RequestQueue implements Iterable<Generation> {
  readonly #limit: number;
  readonly #waiting: Generation[] = [];

  /** @param limit most requests that wait */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /**
   * Takes a new request.
   *
   * @throws {MullamaError} `QUEUE_FULL`
   */
  add(generation: Generation): void {
    if (this.#waiting.length >= this.#limit) {
      throw new MullamaError("QUEUE_FULL", `${this.#limit} requests wait already.`, {
        hint: "Try again later, or make the engine with a larger maxQueue or more parallel requests.",
      });
    }
    this.putBack(generation);
  }

  /** Takes a request that was at work before; the limit does not count. */
  putBack(generation: Generation): void {
    const at = this.#waiting.findIndex((other) => comesBefore(generation, other));
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, generation);
  }

  /** Takes a request out; false where it does not wait. */
  remove(generation: Generation): boolean {
    const at = this.#waiting.indexOf(generation);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /** A copy, so that requests can be taken out meanwhile. */
  [Symbol.iterator](): Iterator<Generation> {
    return this.#waiting.slice()[Symbol.iterator]();
  }
}

/** Whether one request has the right of way before another. */
export function comesBefore(a: Generation, b: Generation): boolean {
  return a.priority === b.priority ? a.arrival < b.arrival : a.priority > b.priority;
}
