import { ArgumentError, DisposedError, MullamaError } from "../errors.js";
import { addressOf, copyBytes, type llama_batch, pointerArray, type SizeArray } from "../native/index.js";
import { checkArray, checkBoolean, checkInteger, checkOptions } from "./check.js";
import { api } from "./library.js";

export interface BatchOptions {
  /** Most tokens, at least 1. */
  readonly capacity: number;
  /** Most sequences that one token can belong to. Default 1. */
  readonly sequencesPerToken?: number;
  /** Width of an embedding, for a batch of embeddings instead of tokens. Default 0: tokens. */
  readonly embeddingSize?: number;
}

export interface BatchEntry {
  /** Position in its sequences, from 0. */
  readonly position: number;
  /** The sequences that it belongs to. Default [0]. */
  readonly sequences?: readonly number[];
  /** Whether to compute its logits, or its embedding. Default false. */
  readonly output?: boolean;
}

/** @internal An entry, to be checked before C sees it. */
export interface CheckedEntry {
  readonly index: number;
  readonly token: number | undefined;
  readonly position: number;
  readonly sequences: Int32Array;
}

const UINT31 = 2 ** 31 - 1;

/** The entries, as JavaScript writes them. */
interface Arrays {
  readonly token: Int32Array | undefined;
  readonly embd: Float32Array | undefined;
  readonly pos: Int32Array;
  readonly n_seq_id: Int32Array;
  /** The ids of each entry's sequences, `sequencesPerToken` places each. */
  readonly sequences: Int32Array;
  readonly logits: Int8Array;
}

/**
 * Tokens, or embeddings, of one or several sequences, to be computed at once (`struct llama_batch`). It can be filled,
 * computed and cleared many times.
 *
 * @example
 * using batch = new Batch({ capacity: 2 });
 * batch.add(tokenOfA, { position: 7, sequences: [0], output: true });
 * batch.add(tokenOfB, { position: 3, sequences: [1], output: true });
 * context.decode(batch);
 */
export class Batch implements Disposable {
  readonly capacity: number;
  readonly sequencesPerToken: number;
  /** Width of an embedding; 0 for a batch of tokens. */
  readonly embeddingSize: number;
  readonly #struct: llama_batch;
  readonly #arrays: Arrays;
  /** Where the ids of each entry's sequences are. */
  readonly #seq_id: SizeArray;
  #length = 0;
  #outputs = 0;
  #disposed = false;
  #holders = 0;

  /** Allocates the batch (`llama_batch_init`). */
  constructor(options: BatchOptions) {
    checkOptions("options", options, ["capacity", "sequencesPerToken", "embeddingSize"]);
    this.capacity = checkInteger("options.capacity", options.capacity, 1, 2 ** 24);
    this.sequencesPerToken = checkInteger("options.sequencesPerToken", options.sequencesPerToken ?? 1, 1, 256);
    this.embeddingSize = checkInteger("options.embeddingSize", options.embeddingSize ?? 0, 0, 2 ** 20);
    this.#struct = api().llama_batch_init(this.capacity, this.embeddingSize, this.sequencesPerToken);
    this.#arrays = makeArrays(this);
    this.#seq_id = addressesOf(this.#arrays.sequences, this.sequencesPerToken);
    finalizer.register(this, this.#struct, this.#struct);
  }

  /** Tokens or embeddings in it. */
  get length(): number {
    return this.#length;
  }

  /** How many of them have an output. */
  get outputs(): number {
    return this.#outputs;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /**
   * Appends a token.
   *
   * @param token its id; checked against the vocabulary when the batch is computed
   */
  add(token: number, entry: BatchEntry): void {
    const { token: tokens } = this.#live();
    if (tokens === undefined)
      throw new ArgumentError("token", "an embedding: this is a batch of embeddings, use addEmbedding", token);
    checkInteger("token", token, 0, UINT31);
    this.#append(entry, (index) => {
      tokens[index] = token;
    });
  }

  /** Appends an embedding of `embeddingSize` numbers, which are copied. */
  addEmbedding(embedding: Float32Array, entry: BatchEntry): void {
    const { embd } = this.#live();
    if (embd === undefined)
      throw new ArgumentError("embedding", "a token: this is a batch of tokens, use add", embedding);
    if (!(embedding instanceof Float32Array) || embedding.length !== this.embeddingSize) {
      throw new ArgumentError("embedding", `a Float32Array of ${this.embeddingSize} numbers`, embedding);
    }
    this.#append(entry, (index) => embd.set(embedding, index * this.embeddingSize));
  }

  /** Empties the batch. */
  clear(): void {
    this.#live();
    this.#length = 0;
    this.#outputs = 0;
  }

  /** Frees it (`llama_batch_free`). Does nothing the second time. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#holders === 0) this.#free();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal Keeps the memory for an asynchronous call, and others from changing it; returns how to let go. */
  hold(): () => void {
    this.#live();
    this.#holders++;
    return () => {
      this.#holders--;
      if (this.#disposed && this.#holders === 0) this.#free();
    };
  }

  /** @internal The struct for C, after `check` has seen every entry. */
  toStruct(check: (entry: CheckedEntry) => void): llama_batch {
    const arrays = this.#live();
    for (let index = 0; index < this.#length; index++) {
      const start = index * this.sequencesPerToken;
      const sequences = arrays.sequences.subarray(start, start + (arrays.n_seq_id[index] ?? 0));
      check({ index, token: arrays.token?.[index], position: arrays.pos[index] ?? 0, sequences });
    }
    for (const name of ["token", "embd", "pos", "n_seq_id", "logits"] as const) {
      const from = arrays[name];
      const to = this.#struct[name];
      if (from !== undefined && to !== null) copyBytes(to, from, (from.byteLength / this.capacity) * this.#length);
    }
    return { ...this.#struct, n_tokens: this.#length, seq_id: this.#seq_id };
  }

  #append(entry: BatchEntry, write: (index: number) => void): void {
    checkOptions("entry", entry, ["position", "sequences", "output"]);
    const arrays = this.#live();
    if (this.#length === this.capacity)
      throw new ArgumentError("batch", `of at most ${this.capacity} entries, its capacity`, this.#length + 1);
    const position = checkInteger("entry.position", entry.position, 0, UINT31 - 1);
    const sequences = checkSequences(entry.sequences ?? [0], this.sequencesPerToken);
    const output = checkBoolean("entry.output", entry.output ?? false);
    const index = this.#length;
    write(index);
    arrays.pos[index] = position;
    arrays.n_seq_id[index] = sequences.length;
    arrays.sequences.set(sequences, index * this.sequencesPerToken);
    arrays.logits[index] = output ? 1 : 0;
    this.#length++;
    if (output) this.#outputs++;
  }

  #live(): Arrays {
    if (this.#disposed) throw new DisposedError("batch");
    if (this.#holders > 0)
      throw new MullamaError("BUSY", "This batch is in use by an asynchronous call.", {
        hint: "Wait for its promise first.",
      });
    return this.#arrays;
  }

  #free(): void {
    finalizer.unregister(this.#struct);
    api().llama_batch_free(this.#struct);
  }
}

const finalizer = new FinalizationRegistry<llama_batch>((struct) => api().llama_batch_free(struct));

function checkSequences(sequences: unknown, most: number): readonly number[] {
  const list = checkArray("entry.sequences", sequences);
  if (list.length < 1 || list.length > most)
    throw new ArgumentError("entry.sequences", `a list of 1 to ${most} sequence ids`, sequences);
  const ids = list.map((id, index) => checkInteger(`entry.sequences[${index}]`, id, 0, 255));
  if (new Set(ids).size !== ids.length)
    throw new ArgumentError("entry.sequences", "a list without repetitions", sequences);
  return ids;
}

function makeArrays({ capacity, sequencesPerToken, embeddingSize }: Batch): Arrays {
  return {
    token: embeddingSize === 0 ? new Int32Array(capacity) : undefined,
    embd: embeddingSize === 0 ? undefined : new Float32Array(capacity * embeddingSize),
    pos: new Int32Array(capacity),
    n_seq_id: new Int32Array(capacity),
    // A buffer of its own: a small array without one could move.
    sequences: new Int32Array(new ArrayBuffer(capacity * sequencesPerToken * 4)),
    logits: new Int8Array(capacity),
  };
}

function addressesOf(sequences: Int32Array, sequencesPerToken: number): SizeArray {
  const base = addressOf(sequences);
  const count = sequences.length / sequencesPerToken;
  return pointerArray(Array.from({ length: count }, (_, index) => base + BigInt(index * sequencesPerToken * 4)));
}
