/** A list of tokens that grows, in one array. */
export class TokenBuffer {
  #tokens: Int32Array;
  #length: number;

  constructor(tokens: Int32Array = new Int32Array(0)) {
    this.#tokens = tokens.slice();
    this.#length = tokens.length;
  }

  /** Appends tokens. */
  append(tokens: Int32Array): void {
    this.#reserve(this.#length + tokens.length);
    this.#tokens.set(tokens, this.#length);
    this.#length += tokens.length;
  }

  get length(): number {
    return this.#length;
  }

  push(token: number): void {
    this.#reserve(this.#length + 1);
    this.#tokens[this.#length++] = token;
  }

  at(index: number): number {
    const token = index < this.#length ? this.#tokens[index] : undefined;
    if (token === undefined) throw new RangeError(`There is no token ${index} of ${this.#length}.`);
    return token;
  }

  /** The tokens, without a copy: good until the next change. */
  view(from = 0, to = this.#length): Int32Array {
    return this.#tokens.subarray(from, Math.min(to, this.#length));
  }

  /** Keeps the first `length` tokens. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** Takes out the tokens from `from` to before `to`. */
  remove(from: number, to: number): void {
    this.#tokens.copyWithin(from, to, this.#length);
    this.#length -= to - from;
  }

  #reserve(length: number): void {
    if (length <= this.#tokens.length) return;
    const grown = new Int32Array(Math.max(64, length, this.#tokens.length * 2));
    grown.set(this.#tokens);
    this.#tokens = grown;
  }
}

/** How many tokens two lists have in common at their beginning. */
export function commonPrefix(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}
