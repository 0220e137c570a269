/**
 * mullama for LangChain.js: chat models, embeddings and rankings that run in this process.
 *
 * @module
 */
export { type ChatMullamaCallOptions, type MullamaAnswerOptions } from "./call-options.js";
export { ChatMullama, type ChatMullamaFields } from "./chat-mullama.js";
export { MullamaEmbeddings, type MullamaEmbeddingsFields } from "./embeddings.js";
export type { MullamaModelFields } from "./model-handle.js";
export { MullamaRerank, type MullamaRerankFields } from "./rerank.js";
