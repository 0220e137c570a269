import { MullamaError } from "../../errors.js";
import { Batch, type Context, type Model, type Threadpool } from "../../llama/index.js";
import type { EmbeddingPooling } from "./embedding-request.js";

/** Contexts that are kept; one for each kind of pooling would often not fit. */
const MOST_CONTEXTS = 2;
/** Texts of one batch. */
const SEQUENCES = 64;
/** Tokens of one batch, until a text has more: what a computation takes grows with it. */
const TOKENS = 2048;
/** Most tokens of one text, unless a larger context was asked for: most models that are trained for more answer worse there. */
const MOST_TOKENS = 8192;

/** A context that gives embeddings or scores, and its batch. */
export interface EmbeddingContext {
  readonly context: Context;
  readonly batch: Batch;
  /** Tokens that a batch has room for. */
  readonly room: number;
}

export interface EmbeddingContextOptions {
  readonly threads: number;
  readonly threadpool: Threadpool;
  /** Of the context in which the model generates. */
  readonly contextSize: number;
}

/** The contexts of a model that give embeddings, each made when it is first needed. */
export class EmbeddingContexts {
  readonly #model: Model;
  readonly #options: EmbeddingContextOptions;
  readonly #contexts = new Map<string, EmbeddingContext>();
  /** Most tokens of one text. */
  readonly longest: number;

  constructor(model: Model, options: EmbeddingContextOptions) {
    this.#model = model;
    this.#options = options;
    this.longest = Math.max(16, Math.min(Math.max(MOST_TOKENS, options.contextSize), model.trainedContextSize));
  }

  /** The context for a kind of pooling. @param tokens that a batch must have room for, at most `longest` */
  get(pooling: EmbeddingPooling | "rank", tokens: number): EmbeddingContext {
    const known = this.#contexts.get(pooling);
    this.#contexts.delete(pooling);
    if (known !== undefined && tokens <= known.room) {
      this.#contexts.set(pooling, known);
      return known;
    }
    if (known !== undefined) free(known);
    for (const [oldest, context] of this.#contexts) {
      if (this.#contexts.size < MOST_CONTEXTS) break;
      this.#contexts.delete(oldest);
      free(context);
    }
    const made = this.#make(pooling, Math.min(this.longest, Math.max(TOKENS, 2 ** Math.ceil(Math.log2(tokens)))));
    this.#contexts.set(pooling, made);
    return made;
  }

  dispose(): void {
    for (const context of this.#contexts.values()) free(context);
    this.#contexts.clear();
  }

  #make(pooling: EmbeddingPooling | "rank", size: number): EmbeddingContext {
    const { threads, threadpool } = this.#options;
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
        threads,
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
    context.attachThreadpool(threadpool);
    const { batchSize, microBatchSize } = context.limits;
    const room = Math.min(batchSize, microBatchSize, size);
    return { context, batch: new Batch({ capacity: room }), room };
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
