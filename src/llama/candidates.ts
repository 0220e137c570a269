import { ArgumentError, MullamaError } from "../errors.js";
import { checkInteger, checkNumber } from "./check.js";

const FIELDS = 3;
const BYTES = FIELDS * 4;
const INT32_MAX = 2 ** 31 - 1;

/**
 * What C calls a `llama_token_data_array`: tokens with their logits and probabilities, and the one that was selected.
 * Samplers change it in place: they reorder, shorten and reweigh it.
 *
 * @example
 * const candidates = Candidates.fromLogits([1, 3, 2]);
 * Sampler.topK(2).apply(candidates);
 * candidates.ids; // Int32Array [1, 2]
 */
export class Candidates {
  #bytes: Uint8Array;
  #integers: Int32Array;
  #floats: Float32Array;
  #size: number;
  #selected = -1;
  #sorted = false;
  #expired = false;

  /** @internal Views memory; see {@link Candidates.fromLogits}. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#size = bytes.byteLength / BYTES;
    this.#integers = new Int32Array(bytes.buffer, bytes.byteOffset, this.#size * FIELDS);
    this.#floats = new Float32Array(bytes.buffer, bytes.byteOffset, this.#size * FIELDS);
  }

  /**
   * Candidates for every token of a vocabulary, from the logits that a context gave or from others.
   *
   * @param logits one for each token; numbers, or -Infinity for a token that cannot come
   * @param ids the tokens, where they are not 0, 1, 2 and so on
   */
  static fromLogits(logits: Float32Array | readonly number[], ids?: Int32Array | readonly number[]): Candidates {
    if (!(logits instanceof Float32Array) && !Array.isArray(logits))
      throw new ArgumentError("logits", "a Float32Array or an array of numbers", logits);
    checkInteger("logits.length", logits.length, 1, 2 ** 27);
    if (ids !== undefined && ids.length !== logits.length)
      throw new ArgumentError("ids", `of the length of logits, ${logits.length}`, ids);
    const made = new Candidates(new Uint8Array(new ArrayBuffer(logits.length * BYTES)));
    const [integers, floats] = [made.#integers, made.#floats];
    for (let index = 0; index < logits.length; index++) {
      const id = ids === undefined ? index : ids[index];
      integers[index * FIELDS] = id === index ? index : checkInteger(`ids[${index}]`, id, 0, INT32_MAX - 1);
      const logit = logits[index] ?? Number.NaN;
      floats[index * FIELDS + 1] =
        logit === -Infinity ? logit : checkNumber(`logits[${index}]`, logit, -3.4e38, 3.4e38);
    }
    return made;
  }

  /** How many candidates are left. */
  get size(): number {
    this.#check();
    return this.#size;
  }

  /** Whether they are known to be in descending order of their logits. */
  get sorted(): boolean {
    this.#check();
    return this.#sorted;
  }

  /** The index of the candidate that a sampler has selected; undefined while none has. */
  get selected(): number | undefined {
    this.#check();
    return this.#selected < 0 ? undefined : this.#selected;
  }

  /** The id of the selected token; undefined while none is. */
  get selectedToken(): number | undefined {
    return this.selected === undefined ? undefined : this.id(this.selected);
  }

  /** The token of the candidate at `index`. */
  id(index: number): number {
    return this.#integers[this.#at(index)] ?? 0;
  }

  logit(index: number): number {
    return this.#floats[this.#at(index) + 1] ?? 0;
  }

  /** The probability of the candidate at `index`: 0 until a sampler or {@link softmax} has computed it. */
  probability(index: number): number {
    return this.#floats[this.#at(index) + 2] ?? 0;
  }

  /** A copy of the tokens, in their order. */
  get ids(): Int32Array {
    return Int32Array.from({ length: this.size }, (_, index) => this.id(index));
  }

  /** A copy of the logits, in the order of {@link ids}. */
  get logits(): Float32Array {
    return Float32Array.from({ length: this.size }, (_, index) => this.logit(index));
  }

  /** A copy of the probabilities, in the order of {@link ids}. */
  get probabilities(): Float32Array {
    return Float32Array.from({ length: this.size }, (_, index) => this.probability(index));
  }

  /** Sets a logit: a finite number, or -Infinity to rule the token out. They no longer count as sorted. */
  setLogit(index: number, logit: number): void {
    const at = this.#at(index);
    if (logit !== -Infinity) checkNumber("logit", logit, -3.4e38, 3.4e38);
    this.#floats[at + 1] = logit;
    this.#sorted = false;
  }

  /** Sets a probability, from 0 to 1. */
  setProbability(index: number, probability: number): void {
    this.#floats[this.#at(index) + 2] = checkNumber("probability", probability, 0, 1);
  }

  /** Selects the candidate at `index`. */
  select(index: number): void {
    this.#at(index);
    this.#selected = index;
  }

  /** Sorts by descending logit; equal ones keep their order. The selection stays with its token. */
  sort(): void {
    this.#check();
    if (this.#sorted) return;
    const order = Array.from({ length: this.#size }, (_, index) => index).sort((a, b) => this.#compare(a, b));
    const words = this.#integers.slice();
    order.forEach((from, to) => this.#integers.set(words.subarray(from * FIELDS, (from + 1) * FIELDS), to * FIELDS));
    if (this.#selected >= 0) this.#selected = order.indexOf(this.#selected);
    this.#sorted = true;
  }

  /** Keeps the first `size` candidates, at least one. A selection beyond them is dropped. */
  truncate(size: number): void {
    this.#size = checkInteger("size", size, 1, this.size);
    if (this.#selected >= size) this.#selected = -1;
  }

  /** Computes the probabilities from the logits. */
  softmax(): void {
    let max = -Infinity;
    let sum = 0;
    for (let index = 0; index < this.size; index++) max = Math.max(max, this.logit(index));
    if (max === -Infinity)
      throw new MullamaError("ARGUMENT_INVALID", "No candidate is left: all logits are -Infinity.");
    for (let index = 0; index < this.#size; index++) sum += Math.exp(this.logit(index) - max);
    for (let index = 0; index < this.#size; index++)
      this.setProbability(index, Math.exp(this.logit(index) - max) / sum);
  }

  /** @internal The greatest token. */
  get greatestId(): number {
    let greatest = 0;
    for (let at = 0; at < this.size * FIELDS; at += FIELDS) greatest = Math.max(greatest, this.#integers[at] ?? 0);
    return greatest;
  }

  /** @internal The memory, from its start, for C. */
  get memory(): Uint8Array {
    this.#check();
    return this.#bytes;
  }

  /** @internal Takes over what C did: it may have moved the start, and changed the rest. */
  update(start: number, size: number, selected: number, sorted: boolean): void {
    if (start > 0) this.#integers.copyWithin(0, start / 4, start / 4 + size * FIELDS);
    this.#size = size;
    this.#selected = selected;
    this.#sorted = sorted;
  }

  /** @internal Ends the use of memory that is C's. */
  expire(): void {
    this.#expired = true;
    this.#bytes = new Uint8Array(0);
    this.#integers = new Int32Array(0);
    this.#floats = new Float32Array(0);
  }

  #compare(a: number, b: number): number {
    const difference = this.logit(b) - this.logit(a);
    return Number.isNaN(difference) ? 0 : difference;
  }

  #check(): void {
    if (this.#expired)
      throw new MullamaError("STALE_VIEW", "These candidates are C's, and gone.", {
        hint: "Use them only inside apply; copy what you need.",
      });
  }

  #at(index: number): number {
    this.#check();
    return checkInteger("index", index, 0, this.#size - 1) * FIELDS;
  }
}
