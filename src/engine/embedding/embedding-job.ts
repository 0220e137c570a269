import type { EmbeddingPooling, EmbeddingRequest, RerankRequest } from "./embedding-request.js";

/** What is asked of an embedding runner. */
export type EmbeddingWork =
  | { readonly type: "embed"; readonly request: EmbeddingRequest }
  | { readonly type: "rerank"; readonly request: RerankRequest };

/** What it ends with. */
export type EmbeddingResult =
  | { readonly embeddings: readonly Float32Array[]; readonly tokens: number }
  | { readonly scores: Float32Array; readonly tokens: number };

/** One request, and how far it has come. */
export class EmbeddingJob {
  readonly id: number;
  readonly work: EmbeddingWork;
  readonly pooling: EmbeddingPooling | "rank";
  readonly inputs: readonly Int32Array[];
  /** Tokens of the longest input. */
  readonly longest: number;
  readonly #outputs: Float32Array[] = [];
  /** How many inputs have been taken up. */
  #taken = 0;

  constructor(id: number, work: EmbeddingWork, inputs: readonly Int32Array[]) {
    this.id = id;
    this.work = work;
    this.pooling = work.type === "rerank" ? "rank" : (work.request.pooling ?? "model");
    this.inputs = inputs;
    this.longest = inputs.reduce((most, { length }) => Math.max(most, length), 0);
  }

  /** The next input that is to be computed; undefined where all are taken up. */
  get next(): Int32Array | undefined {
    return this.inputs[this.#taken];
  }

  /** Takes up the next input. @returns its number */
  take(): number {
    return this.#taken++;
  }

  /** Puts back what was taken up from `index` on: it was not computed. */
  putBack(index: number): void {
    this.#taken = Math.min(this.#taken, index);
  }

  keep(index: number, output: Float32Array): void {
    this.#outputs[index] = output;
  }

  get done(): boolean {
    return this.#taken === this.inputs.length;
  }

  /** @param size numbers of one vector */
  result(size: number): EmbeddingResult {
    const tokens = this.inputs.reduce((sum, { length }) => sum + length, 0);
    const { work } = this;
    if (work.type === "rerank") {
      const { normalize = false } = work.request;
      const scores = Float32Array.from(this.#outputs, ([score = Number.NaN]) => (normalize ? sigmoid(score) : score));
      return { scores, tokens };
    }
    const { normalize = true, dimensions = size } = work.request;
    return { embeddings: this.#outputs.map((vectors) => shape(vectors, size, dimensions, normalize)), tokens };
  }
}

/** Cuts vectors down to their first numbers, and scales them to length 1. */
function shape(vectors: Float32Array, size: number, dimensions: number, normalize: boolean): Float32Array {
  const count = vectors.length / size;
  const shaped = new Float32Array(count * dimensions);
  for (let index = 0; index < count; index++) {
    const vector = vectors.subarray(index * size, index * size + dimensions);
    const length = normalize ? Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1 : 1;
    for (let at = 0; at < dimensions; at++) shaped[index * dimensions + at] = (vector[at] ?? 0) / length;
  }
  return shaped;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
