/** What came of a piece of text. */
export interface StopMatch {
  /** Text that is certain not to belong to a stop text. */
  readonly text: string;
  /** The stop text that came, if one did; nothing after it counts. */
  readonly stop: string | undefined;
}

/** Finds the first of some stop texts in a text that comes in pieces, and lets nothing of it through. */
export class StopMatcher {
  readonly #stops: readonly string[];
  readonly #longest: number;
  #held = "";

  constructor(stops: readonly string[]) {
    this.#stops = stops;
    this.#longest = Math.max(0, ...stops.map(({ length }) => length));
  }

  push(piece: string): StopMatch {
    if (this.#longest === 0) return { text: piece, stop: undefined };
    const text = this.#held + piece;
    const found = this.#first(text);
    if (found !== undefined) {
      this.#held = "";
      return { text: text.slice(0, found.at), stop: found.stop };
    }
    const safe = this.#safeLength(text);
    this.#held = text.slice(safe);
    return { text: text.slice(0, safe), stop: undefined };
  }

  /** What was held back, when no more comes. */
  flush(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }

  /** The stop text that begins first; of those that begin together, the longest. */
  #first(text: string): { at: number; stop: string } | undefined {
    let best: { at: number; stop: string } | undefined;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at < 0) continue;
      if (best === undefined || at < best.at || (at === best.at && stop.length > best.stop.length)) best = { at, stop };
    }
    return best;
  }

  /** Up to where no stop text can begin any more. */
  #safeLength(text: string): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at < text.length; at++) {
      const end = text.slice(at);
      if (this.#stops.some((stop) => stop.startsWith(end))) return at;
    }
    return text.length;
  }
}
