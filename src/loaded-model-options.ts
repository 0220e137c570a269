/** What a loaded model is asked with, and what it answers with, beside what the engine and chats have. */
import type { EmbeddingRequest } from "./engine/embedding/embedding-request.js";
import type { RequestOptions } from "./engine/hosts/engine-client.js";
import type { GenerationOptions } from "./engine/sequence.js";

/** A prompt with what to do with it, beside the options of a request. */
export interface GenerateOptions extends GenerationOptions, RequestOptions {}

/** How texts are turned into vectors. */
export interface EmbedOptions extends Omit<EmbeddingRequest, "inputs">, RequestOptions {}

/** Vectors, and how many tokens their texts had. */
export interface CountedEmbeddings {
  /** One for each text, in their order. */
  readonly embeddings: readonly Float32Array[];
  readonly tokens: number;
}

/** A document with its score. */
export interface RankedDocument {
  /** Its place in the list that was given. */
  readonly index: number;
  readonly document: string;
  /** Greater is more relevant. */
  readonly score: number;
}

/** Documents by their scores, and how many tokens were read. */
export interface CountedRanking {
  /** The best first. */
  readonly ranked: RankedDocument[];
  readonly tokens: number;
}
