/** What a client and an engine say to each other, on one thread, between threads and between processes. */
import type { DetokenizeOptions } from "../llama/index.js";
import type { EmbeddingRequest, RerankRequest } from "./embedding/embedding-request.js";
import type { GenerationRequest } from "./generation-request.js";
import type { EngineInfo } from "./engine-info.js";
import type { EngineMetrics, RequestTimings } from "./metrics.js";
import type { TokenLogprobs } from "./sampling/token-logprobs.js";

/** What an engine can be asked for. Each request has an id of the client's choice, and ends exactly once. */
export type EngineRequest =
  | { readonly type: "generate"; readonly request: GenerationRequest }
  | { readonly type: "embed"; readonly request: EmbeddingRequest }
  | { readonly type: "rerank"; readonly request: RerankRequest }
  | {
      readonly type: "tokenize";
      /** Several texts are tokenized one by one, and joined. */
      readonly text: string | readonly string[];
      readonly addSpecial?: boolean;
      readonly parseSpecial?: boolean;
    }
  | { readonly type: "detokenize"; readonly tokens: Int32Array; readonly options?: DetokenizeOptions }
  /** The bytes that each token stands for. */
  | { readonly type: "pieces"; readonly tokens: Int32Array }
  | { readonly type: "metrics" }
  /** Computes what is not cached of these tokens, and saves it. */
  | { readonly type: "save"; readonly tokens: Int32Array }
  /** Puts what was saved into the cache. */
  | { readonly type: "load"; readonly state: Uint8Array }
  | { readonly type: "clear-cache" };

export type RequestType = EngineRequest["type"];

/** What each kind of request ends with. */
export interface EngineResults {
  readonly generate: GenerationFinish;
  readonly embed: { readonly embeddings: readonly Float32Array[]; readonly tokens: number };
  readonly rerank: { readonly scores: Float32Array; readonly tokens: number };
  readonly tokenize: Int32Array;
  readonly detokenize: string;
  readonly pieces: readonly Uint8Array[];
  readonly metrics: EngineMetrics;
  readonly save: Uint8Array;
  readonly load: Int32Array;
  readonly "clear-cache": undefined;
}

/** Why an answer ended. */
export type FinishReason =
  /** The model ended it, or a stop text or token came. */
  | "stop"
  /** `maxTokens` were generated, or the context is full. */
  | "length";

export interface GenerationFinish {
  readonly reason: FinishReason;
  /** The stop text that came, if one did. */
  readonly stopText?: string;
  /** The stop token that came, if one did. */
  readonly stopToken?: number;
  readonly usage: GenerationUsage;
  readonly timings: RequestTimings;
  /** The seed that was used. */
  readonly seed?: number;
}

export interface GenerationUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** How many of the prompt's tokens were not computed again. */
  readonly cachedTokens: number;
  /** Tokens guessed ahead, and how many of them were right. */
  readonly draftTokens: number;
  readonly acceptedDraftTokens: number;
}

/** A piece of an answer. */
export interface GenerationChunk {
  /** Whole characters, of which no stop text is a part. */
  readonly text: string;
  /** The tokens that came since the last chunk. Their text may come later. */
  readonly tokens: readonly number[];
  /** One for each token, where the request asked for them. */
  readonly logprobs?: readonly TokenLogprobs[];
}

/** A client's word to its engine. */
export type EngineCommand =
  | { readonly type: "submit"; readonly id: number; readonly request: EngineRequest }
  | { readonly type: "cancel"; readonly id: number }
  /** Makes no more tokens for a request until `resume`: its reader is slow. */
  | { readonly type: "pause"; readonly id: number }
  | { readonly type: "resume"; readonly id: number }
  | { readonly type: "dispose" };

/** An engine's word to its client. Events of one step come together. */
export type EngineEvent =
  | { readonly type: "chunk"; readonly id: number; readonly chunk: GenerationChunk }
  | { readonly type: "result"; readonly id: number; readonly result: EngineResults[RequestType] }
  | { readonly type: "error"; readonly id: number; readonly error: Error };

export type { EngineInfo };
