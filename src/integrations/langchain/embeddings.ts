import { Embeddings, type EmbeddingsParams } from "@langchain/core/embeddings";
import type { EmbeddingPooling, EmbeddingRequest } from "../../engine/embedding/embedding-request.js";
import { toLangChainError } from "./errors.js";
import { ModelHandle, type MullamaModelFields } from "./model-handle.js";

/** How texts are embedded, and by which model. */
export interface MullamaEmbeddingsFields
  extends EmbeddingsParams, MullamaModelFields, Omit<EmbeddingRequest, "inputs" | "pooling"> {
  readonly pooling?: Exclude<EmbeddingPooling, "none">;
}

/**
 * Embeddings of a model that runs in this process.
 *
 * @throws {ArgumentError} where `model` is neither a name nor a model
 *
 * @example
 * const store = new SomeVectorStore(new MullamaEmbeddings({ model: "./bge-small.gguf" }));
 */
export class MullamaEmbeddings extends Embeddings implements AsyncDisposable {
  readonly #model: ModelHandle;
  readonly #options: Omit<EmbeddingRequest, "inputs">;

  constructor(fields: MullamaEmbeddingsFields) {
    const { model, load, maxConcurrency, maxRetries, onFailedAttempt, ...options } = fields;
    super({
      ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
      ...(maxRetries === undefined ? {} : { maxRetries }),
      ...(onFailedAttempt === undefined ? {} : { onFailedAttempt }),
    });
    this.#model = new ModelHandle({ model, load });
    this.#options = options;
  }

  /** One vector for each text, in their order. @throws {MullamaError} what `embed` throws */
  embedDocuments(documents: string[]): Promise<number[][]> {
    return this.caller.call(async () => {
      try {
        const model = await this.#model.get();
        const vectors = documents.length === 0 ? [] : await model.embed(documents, this.#options);
        return vectors.map((vector) => Array.from(vector));
      } catch (error) {
        throw toLangChainError(error);
      }
    });
  }

  /** The vector of a text. @throws {MullamaError} what `embed` throws */
  async embedQuery(document: string): Promise<number[]> {
    const [vector = []] = await this.embedDocuments([document]);
    return vector;
  }

  /** Frees the model, unless it was given loaded. */
  dispose(): Promise<void> {
    return this.#model.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
