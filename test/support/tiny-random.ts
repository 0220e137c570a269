/** Numbers that look random and are the same on every machine for the same seed (mulberry32). */
export class TinyRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, but not including, 1. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to, but not including, `end`. */
  below(end: number): number {
    return Math.floor(this.uniform() * end);
  }

  /** A bell-shaped number of mean 0 and standard deviation 1; no transcendental functions, so it is exact everywhere. */
  normal(): number {
    return (this.uniform() + this.uniform() + this.uniform() - 1.5) * 2;
  }
}
