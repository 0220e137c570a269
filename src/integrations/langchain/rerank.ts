import type { DocumentInterface } from "@langchain/core/documents";
import { BaseDocumentCompressor } from "@langchain/core/retrievers/document_compressors";
import type { RerankRequest } from "../../engine/embedding/embedding-request.js";
import { toLangChainError } from "./errors.js";
import { ModelHandle, type MullamaModelFields } from "./model-handle.js";

/** How documents are ranked, and by which model. */
export interface MullamaRerankFields extends MullamaModelFields, Omit<RerankRequest, "query" | "documents"> {
  /** How many of the best are kept. Default: all. */
  readonly topN?: number;
}

/**
 * Sorts documents by how well they answer a query, the best first; each gets `metadata.relevanceScore`.
 *
 * @throws {ArgumentError} where `model` is neither a name nor a model
 *
 * @example
 * const best = await new MullamaRerank({ model: "./bge-reranker.gguf", topN: 3 }).compressDocuments(documents, query);
 */
export class MullamaRerank extends BaseDocumentCompressor implements AsyncDisposable {
  readonly #model: ModelHandle;
  readonly #options: Omit<RerankRequest, "query" | "documents">;
  readonly #topN: number | undefined;

  constructor({ model, load, topN, ...options }: MullamaRerankFields) {
    super();
    this.#model = new ModelHandle({ model, load });
    this.#options = options;
    this.#topN = topN;
  }

  /** @throws {MullamaError} what `rerank` throws */
  async compressDocuments(documents: DocumentInterface[], query: string): Promise<DocumentInterface[]> {
    if (documents.length === 0) return [];
    try {
      const model = await this.#model.get();
      const texts = documents.map(({ pageContent }) => pageContent);
      const ranked = await model.rerank(query, texts, this.#options);
      return ranked.slice(0, this.#topN).flatMap(({ index, score }) => {
        const document = documents[index];
        if (document === undefined) return [];
        return [{ ...document, metadata: { ...document.metadata, relevanceScore: score } }];
      });
    } catch (error) {
      throw toLangChainError(error);
    }
  }

  /** Frees the model, unless it was given loaded. */
  dispose(): Promise<void> {
    return this.#model.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
