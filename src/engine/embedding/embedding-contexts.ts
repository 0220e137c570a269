import { MullamaError } from "../../errors.js";
import { Batch, type Context, type Model, type Threadpool } from "../../llama/index.js";
import type { EmbeddingPooling } from "./embedding-request.js";

/** Contexts that are kept; one for each kind of pooling would often not fit. */
const MOST_CONTEXTS = 2;
/** Texts of one batch. */
const SEQUENCES = 64;
/** Tokens of one batch, where the model allows so many. */
const TOKENS = 2048;

/** A context that gives embeddings or scores, and its batch. */
export interface EmbeddingContext {
  readonly context: Context;
  readonly batch: Batch;
  /** Most tokens of one text. */
  readonly longest: number;
}

/** The contexts of a model that give embeddings, each made when it is first needed. */
export class EmbeddingContexts {
  readonly #model: Model;
  readonly #threads: number;
  readonly #threadpool: Threadpool;
  readonly #contexts = new Map<string, EmbeddingContext>();

  constructor(model: Model, threads: number, threadpool: Threadpool) {
    this.#model = model;
    this.#threads = threads;
    this.#threadpool = threadpool;
  }

  /** The context for a kind of pooling. */
  get(pooling: EmbeddingPooling | "rank"): EmbeddingContext {
    const known = this.#contexts.get(pooling);
    if (known !== undefined) {
      this.#contexts.delete(pooling);
      this.#contexts.set(pooling, known);
      return known;
    }
    for (const [oldest, context] of this.#contexts) {
      if (this.#contexts.size < MOST_CONTEXTS) break;
      this.#contexts.delete(oldest);
      free(context);
    }
    const made = this.#make(pooling);
    this.#contexts.set(pooling, made);
    return made;
  }

  dispose(): void {
    for (const context of this.#contexts.values()) free(context);
    this.#contexts.clear();
  }

  #make(pooling: EmbeddingPooling | "rank"): EmbeddingContext {
    const size = Math.max(16, Math.min(TOKENS, this.#model.trainedContextSize));
    const make = (kind: EmbeddingPooling | "rank"): Context =>
      this.#model.createContext({
        contextSize: size,
        batchSize: size,
        // Where tokens see those behind them too, a text must be computed at once.
        microBatchSize: size,
        maxSequences: Math.min(SEQUENCES, size),
        kvUnified: true,
        embeddings: true,
        pooling: kind,
        threads: this.#threads,
      });
    let context = make(pooling === "rank" ? "model" : pooling);
    if (pooling === "model" && context.limits.pooling === "none") {
      context.dispose();
      context = make("mean");
    }
    if ((pooling === "rank") !== (context.limits.pooling === "rank")) {
      context.dispose();
      throw unsupported(pooling);
    }
    context.attachThreadpool(this.#threadpool);
    const { batchSize, microBatchSize } = context.limits;
    const longest = Math.min(batchSize, microBatchSize, size);
    return { context, batch: new Batch({ capacity: longest }), longest };
  }
}

function unsupported(pooling: string): MullamaError {
  return pooling === "rank"
    ? new MullamaError("UNSUPPORTED", "This model gives no scores: it is no reranker.", {
        hint: "Compare embeddings instead.",
      })
    : new MullamaError("UNSUPPORTED", "This model gives scores, no embeddings.", { hint: "Ask it to rerank." });
}

function free({ context, batch }: EmbeddingContext): void {
  batch.dispose();
  context.dispose();
}
