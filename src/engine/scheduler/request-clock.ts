import type { RequestTimings } from "../metrics.js";

/** The latest times between tokens that count for the median; older ones are overwritten. */
const MOST_GAPS = 4096;

/** Takes the times of one request. */
export class RequestClock {
  readonly #submitted = performance.now();
  #begun: number | undefined;
  #prompted: number | undefined;
  #firstToken: number | undefined;
  #lastToken: number | undefined;
  #tokens = 0;
  readonly #gaps: number[] = [];

  /** Work on it begins; later calls do not count. */
  begin(): void {
    this.#begun ??= performance.now();
  }

  /** Its prompt is computed; later calls do not count. */
  prompted(): void {
    this.#prompted ??= performance.now();
  }

  /** A token came. */
  token(): void {
    const now = performance.now();
    this.#firstToken ??= now;
    if (this.#lastToken !== undefined) this.#gaps[(this.#tokens - 1) % MOST_GAPS] = now - this.#lastToken;
    this.#lastToken = now;
    this.#tokens++;
  }

  /** @param computed prompt tokens that were not cached */
  timings(computed: number): RequestTimings {
    const now = performance.now();
    const begun = this.#begun ?? now;
    const prompt = (this.#prompted ?? now) - begun;
    const completion = (this.#lastToken ?? 0) - (this.#firstToken ?? 0);
    const sorted = this.#gaps.toSorted((a, b) => a - b);
    return {
      queue: begun - this.#submitted,
      firstToken: this.#firstToken === undefined ? undefined : this.#firstToken - this.#submitted,
      prompt,
      completion,
      promptTokensPerSecond: rate(computed, prompt),
      completionTokensPerSecond: rate(this.#tokens - 1, completion),
      interTokenMedian: sorted[Math.floor(sorted.length / 2)],
      interTokenP99: sorted[Math.floor(sorted.length * 0.99)],
    };
  }
}

function rate(count: number, milliseconds: number): number | undefined {
  return count > 0 && milliseconds > 0 ? (count / milliseconds) * 1000 : undefined;
}
