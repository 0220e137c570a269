/** What may be used in a minute: at once or bit by bit; it comes back with time. */
export class Bucket {
  readonly #perMinute: number;
  readonly #now: () => number;
  #level: number;
  #filledAt: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
    this.#level = perMinute;
    this.#filledAt = now();
  }

  /** What is there now; below 0 where more was used than was there. */
  get level(): number {
    const time = this.#now();
    this.#level = Math.min(this.#perMinute, this.#level + ((time - this.#filledAt) * this.#perMinute) / 60_000);
    this.#filledAt = time;
    return this.#level;
  }

  /** @param amount below 0: it is given back */
  take(amount: number): void {
    this.#level = Math.min(this.#perMinute, this.level - amount);
  }

  /** Milliseconds until so much is there. */
  msUntil(amount: number): number {
    return Math.max(0, Math.ceil(((amount - this.level) * 60_000) / this.#perMinute));
  }

  /** How it stands, as OpenAI tells it. */
  headers(what: "Requests" | "Tokens"): Readonly<Record<string, string>> {
    const ms = this.msUntil(this.#perMinute);
    return {
      [`X-RateLimit-Limit-${what}`]: String(this.#perMinute),
      [`X-RateLimit-Remaining-${what}`]: String(Math.max(0, Math.floor(this.level))),
      [`X-RateLimit-Reset-${what}`]: ms < 1000 ? `${ms}ms` : `${(ms / 1000).toFixed(1)}s`,
    };
  }
}
