/** Where each run of `size` tokens was seen last, in a list of tokens that only grows at its end. */
export class NgramTable {
  readonly #size: number;
  readonly #ends = new Map<string, number>();
  /** How many tokens have been read. */
  #read = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Reads what has come since the last time, and gives the place after the latest earlier occurrence of the last run. */
  lookUp(tokens: Int32Array): number | undefined {
    if (tokens.length < this.#read) this.reset();
    for (let end = Math.max(this.#read, this.#size); end < tokens.length; end++)
      this.#ends.set(this.#key(tokens, end), end);
    this.#read = Math.max(tokens.length, this.#size);
    return tokens.length < this.#size ? undefined : this.find(tokens);
  }

  /** The place after the latest occurrence of the last run of `tokens`, in the tokens that were read. */
  find(tokens: Int32Array): number | undefined {
    return tokens.length < this.#size ? undefined : this.#ends.get(this.#key(tokens, tokens.length));
  }

  reset(): void {
    this.#ends.clear();
    this.#read = 0;
  }

  #key(tokens: Int32Array, end: number): string {
    return tokens.subarray(end - this.#size, end).join();
  }
}
