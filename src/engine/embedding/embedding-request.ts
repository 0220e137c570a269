/** How the embeddings of a text's tokens become one; `none` keeps one for each token. */
export type EmbeddingPooling = "model" | "mean" | "cls" | "last" | "none";

/** Texts to turn into vectors. */
export interface EmbeddingRequest {
  /** Texts, or tokens of the model's vocabulary. */
  readonly inputs: readonly (string | Int32Array | readonly number[])[];
  /** Default `model`: as the model was trained; `mean` for one that says nothing about it. */
  readonly pooling?: EmbeddingPooling;
  /** Scale each vector to length 1. Default true. */
  readonly normalize?: boolean;
  /** Keep the first numbers of each vector only, as models trained for it (Matryoshka) allow. Default: all. */
  readonly dimensions?: number;
  /** Add the tokens that the model wants around a text, such as BOS. Default true. */
  readonly addSpecial?: boolean;
  /** Read control tokens in a text as such. Default false. */
  readonly parseSpecial?: boolean;
  /** Cut what is too long for the model; otherwise it fails with `PROMPT_TOO_LONG`. Default false. */
  readonly truncate?: boolean;
  /** Milliseconds from now in which it must have ended; it fails with `DEADLINE_EXCEEDED` after. */
  readonly deadline?: number;
}

/** Texts to sort by how well they answer a question. */
export interface RerankRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** Give scores from 0 to 1 (their sigmoid) rather than the model's own. Default false. */
  readonly normalize?: boolean;
  /** Cut documents that are too long; otherwise it fails with `PROMPT_TOO_LONG`. Default false. */
  readonly truncate?: boolean;
  /** Milliseconds from now in which it must have ended; it fails with `DEADLINE_EXCEEDED` after. */
  readonly deadline?: number;
}
