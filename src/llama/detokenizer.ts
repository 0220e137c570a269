import { checkBoolean, checkInteger, checkOptions } from "./check.js";
import { detokenizeBytes, tokenPiece } from "./tokenize.js";
import type { Vocab } from "./vocab.js";
import { tokenizerPointer } from "./vocab-model.js";

export interface DetokenizerOptions {
  /** Write control tokens by their names; otherwise they are left out. Default false. */
  readonly renderSpecial?: boolean;
  /**
   * Leave out the space that a SentencePiece vocabulary puts before the first word, as {@link Vocab.detokenize} does.
   * Set it to false when the tokens continue a text. Default true.
   */
  readonly textStart?: boolean;
}

/**
 * Turns tokens that come one at a time into text that can be shown at once: bytes wait until their character is whole
 * (`llama_token_to_piece`).
 *
 * @example
 * const detokenizer = new Detokenizer(model.vocab);
 * for (const token of tokens) process.stdout.write(detokenizer.push(token));
 * process.stdout.write(detokenizer.flush());
 */
export class Detokenizer {
  readonly #vocab: Vocab;
  readonly #renderSpecial: boolean;
  readonly #textStart: boolean;
  #decoder = newDecoder();
  #atStart: boolean;

  constructor(vocab: Vocab, options: DetokenizerOptions = {}) {
    checkOptions("options", options, ["renderSpecial", "textStart"]);
    const { renderSpecial = false, textStart = true } = options;
    this.#renderSpecial = checkBoolean("options.renderSpecial", renderSpecial);
    this.#textStart = checkBoolean("options.textStart", textStart);
    this.#atStart = this.#textStart;
    this.#vocab = vocab;
  }

  /** The text that a token completes; empty while a character lacks bytes. Bytes that are no UTF-8 become U+FFFD. */
  push(token: number): string {
    const pointer = tokenizerPointer(this.#vocab);
    checkInteger("token", token, 0, this.#vocab.size - 1);
    // Only llama_detokenize knows whether the vocabulary puts a space before the first word.
    const bytes = this.#atStart
      ? detokenizeBytes(pointer, Int32Array.of(token), false, this.#renderSpecial)
      : tokenPiece(pointer, token, 0, this.#renderSpecial);
    this.#atStart = false;
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** Ends the text: U+FFFD if a character is still unfinished, else nothing. The next token begins a new text. */
  flush(): string {
    const rest = this.#decoder.decode();
    this.#decoder = newDecoder();
    this.#atStart = this.#textStart;
    return rest;
  }
}

function newDecoder() {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}
