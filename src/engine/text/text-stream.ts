import { Detokenizer, type Vocab } from "../../llama/index.js";
import { StopMatcher, type StopMatch } from "./stop-matcher.js";

export interface TextStreamOptions {
  /** Texts that end it. */
  readonly stop?: readonly string[];
  /** Write control tokens by their names. Default false. */
  readonly renderSpecial?: boolean;
  /** Whether it goes on from another text. Default false. */
  readonly continues?: boolean;
}

/** Tokens that come one at a time, as text that can be shown at once: whole characters, and no part of a stop text. */
export class TextStream {
  readonly #detokenizer: Detokenizer;
  readonly #matcher: StopMatcher;

  constructor(vocab: Vocab, { stop = [], renderSpecial = false, continues = false }: TextStreamOptions = {}) {
    this.#detokenizer = new Detokenizer(vocab, { renderSpecial, textStart: !continues });
    this.#matcher = new StopMatcher(stop);
  }

  push(token: number): StopMatch {
    const piece = this.#detokenizer.push(token);
    return piece === "" ? { text: "", stop: undefined } : this.#matcher.push(piece);
  }

  /** What is left when no more tokens come. */
  flush(): string {
    const last = this.#matcher.push(this.#detokenizer.flush());
    return last.stop === undefined ? last.text + this.#matcher.flush() : last.text;
  }
}
