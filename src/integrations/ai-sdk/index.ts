/**
 * mullama for the AI SDK: language, embedding and reranking models that run in this process.
 *
 * @module
 */
export { createMullama, mullama, type MullamaProvider, type MullamaProviderSettings } from "./provider.js";
export type { MullamaEmbeddingModel } from "./embedding-model.js";
export type { MullamaLanguageModel } from "./language-model.js";
export type { MullamaModelSettings } from "../model-source.js";
export type {
  MullamaEmbeddingModelOptions,
  MullamaLanguageModelOptions,
  MullamaRerankingModelOptions,
} from "./provider-options.js";
export type { MullamaRerankingModel } from "./reranking-model.js";
