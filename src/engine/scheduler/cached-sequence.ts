import { TokenBuffer } from "../token-buffer.js";
import { type Steering, unsteered } from "./steering.js";

/** A sequence of the context's memory, and what that holds of it. */
export class CachedSequence {
  /** Its number in the context. */
  readonly id: number;
  /** The tokens at positions 0, 1, 2 and so on. */
  readonly tokens = new TokenBuffer();
  /** How they were computed. */
  steering: Steering = unsteered;
  /** Whether a request works with it. */
  busy = false;
  /** A count that grows with each use, for finding the one that was not used longest. */
  usedAt = 0;
  /** Its first tokens whose cells other sequences may share. */
  shared = 0;
  /** Its first tokens that were computed from exactly the tokens before them: what a shift leaves behind was not. */
  exact = Infinity;

  constructor(id: number) {
    this.id = id;
  }

  /** Takes over what was written down of another, whose cells it now shares, up to `length`. */
  copyFrom(source: CachedSequence, length: number): void {
    this.tokens.truncate(0);
    this.tokens.append(source.tokens.view(0, length));
    this.steering = source.steering;
    this.exact = source.exact;
    this.shared = length;
  }

  truncate(length: number): void {
    this.tokens.truncate(length);
    this.shared = Math.min(this.shared, length);
    if (this.exact >= length) this.exact = Infinity;
  }
}
