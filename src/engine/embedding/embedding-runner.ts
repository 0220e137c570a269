import { MullamaError } from "../../errors.js";
import type { Model } from "../../llama/index.js";
import { type EmbeddingContext, type EmbeddingContextOptions, EmbeddingContexts } from "./embedding-contexts.js";
import { checkEmbeddingRequest, checkRerankRequest, embeddingTokens, rerankTokens } from "./embedding-inputs.js";
import { EmbeddingJob, type EmbeddingResult, type EmbeddingWork } from "./embedding-job.js";

/** A request that has ended. */
export type EmbeddingOutcome =
  | { readonly id: number; readonly result: EmbeddingResult }
  | { readonly id: number; readonly error: unknown };

/** An input in a batch. */
interface Place {
  readonly job: EmbeddingJob;
  readonly index: number;
  /** Where its tokens begin in the batch. */
  readonly at: number;
}

/** Computes embeddings and scores; a step computes one batch, with inputs of as many requests as have room. */
export class EmbeddingRunner implements Disposable {
  readonly #model: Model;
  readonly #contexts: EmbeddingContexts;
  /** The one whose turn it is first. */
  #jobs: EmbeddingJob[] = [];

  constructor(model: Model, options: EmbeddingContextOptions) {
    this.#model = model;
    this.#contexts = new EmbeddingContexts(model, options);
  }

  /** How many requests are open. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /**
   * Takes a request.
   *
   * @throws {MullamaError} `ARGUMENT_INVALID`, `PROMPT_TOO_LONG`; `UNSUPPORTED` where the model does not give what is asked for
   */
  submit(id: number, work: EmbeddingWork): void {
    if (work.type === "embed") checkEmbeddingRequest(work.request, this.#model.outputEmbeddingSize);
    else checkRerankRequest(work.request);
    const { longest } = this.#contexts;
    const inputs =
      work.type === "embed"
        ? embeddingTokens(this.#model, work.request, longest)
        : rerankTokens(this.#model, work.request, longest);
    const job = new EmbeddingJob(id, work, inputs);
    // Whether the model gives what is asked for is known once there is a context.
    this.#contexts.get(job.pooling, job.longest);
    this.#jobs.push(job);
  }

  cancel(id: number): void {
    this.#jobs = this.#jobs.filter((job) => job.id !== id);
  }

  /** Computes one batch. @returns the requests that have ended with it */
  step(): EmbeddingOutcome[] {
    const [first] = this.#jobs;
    if (first === undefined) return [];
    let places: readonly Place[] = [{ job: first, index: 0, at: 0 }];
    try {
      const target = this.#contexts.get(first.pooling, first.longest);
      places = this.#fill(target, first.pooling);
      this.#compute(target);
      for (const place of places) place.job.keep(place.index, read(target, place, places.indexOf(place)));
    } catch (error) {
      return this.#failed(places, error);
    }
    const size = this.#model.outputEmbeddingSize;
    const done = this.#jobs.filter((job) => job.done && places.some((place) => place.job === job));
    this.#jobs = this.#jobs.filter((job) => !done.includes(job));
    // The next turn is another's.
    const [head] = this.#jobs;
    if (head === first) this.#jobs.push(...this.#jobs.splice(0, 1));
    return done.map((job) => ({ id: job.id, result: job.result(size) }));
  }

  dispose(): void {
    this.#jobs = [];
    this.#contexts.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** One input of each request in turn, as long as there is room. */
  #fill({ context, batch, room }: EmbeddingContext, pooling: EmbeddingJob["pooling"]): Place[] {
    batch.clear();
    const places: Place[] = [];
    let jobs = this.#jobs.filter((job) => job.pooling === pooling);
    while (jobs.length > 0) {
      jobs = jobs.filter((job) => {
        const input = job.next;
        if (input === undefined || batch.length + input.length > room) return false;
        if (places.length === context.limits.maxSequences) return false;
        const sequences = [places.length];
        places.push({ job, index: job.take(), at: batch.length });
        input.forEach((token, position) => batch.add(token, { position, sequences, output: true }));
        return true;
      });
    }
    return places;
  }

  #compute({ context, batch }: EmbeddingContext): void {
    if (!context.limits.remembers) return context.encode(batch);
    context.memory.clear(false);
    if (context.limits.decodes) context.decode(batch);
    else context.encode(batch);
  }

  /** What was stopped is computed again; what cannot be computed fails. */
  #failed(places: readonly Place[], error: unknown): EmbeddingOutcome[] {
    if (MullamaError.isInstance(error) && error.code === "ABORTED") {
      for (const { job, index } of places) job.putBack(index);
      return [];
    }
    const failed = new Set(places.map(({ job }) => job));
    this.#jobs = this.#jobs.filter((job) => !failed.has(job));
    return Array.from(failed, ({ id }) => ({ id, error }));
  }
}

/** A copy of what was computed for an input: one vector, or one for each token. */
function read({ context }: EmbeddingContext, { job, index, at }: Place, sequence: number): Float32Array {
  if (context.limits.pooling !== "none") return context.sequenceEmbedding(sequence).toFloat32Array();
  const size = context.limits.embeddingSize;
  const length = job.inputs[index]?.length ?? 0;
  const vectors = new Float32Array(length * size);
  for (let token = 0; token < length; token++) context.embedding(at + token).copyTo(vectors, token * size);
  return vectors;
}
