import { residentBytes } from "../../support/processes.js";

const EVERY_MS = 250;

/** Looks at the memory of a process, again and again. */
export class MemoryWatch implements Disposable {
  readonly #samples: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => void residentBytes(pid).then((bytes) => this.#samples.push(bytes)), EVERY_MS);
  }

  /** The median of the bytes in the time that leads up to a share of all of it: a tenth of it, as collections come and go. */
  before(share: number): number {
    const end = Math.ceil(this.#samples.length * share);
    const some = this.#samples
      .slice(Math.max(0, end - Math.ceil(this.#samples.length / 10)), end)
      .toSorted((a, b) => a - b);
    return some[Math.floor(some.length / 2)] ?? 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
