import type { TokenBuffer } from "../token-buffer.js";

/** A sequence whose next tokens are to be guessed. */
export interface DraftRequest {
  /** The request's id. */
  readonly id: number;
  /** All its tokens, the last one of which the model has not computed yet. */
  readonly tokens: TokenBuffer;
  /** Most tokens to guess, at least 1. */
  readonly max: number;
}

/** Guesses tokens ahead, for the model to check many at a time. */
export interface Drafter {
  /** A guess for each of the sequences; an empty one where nothing comes to mind. */
  draft(sequences: readonly DraftRequest[]): readonly Int32Array[];
  /** Forgets what it keeps of a request, which has ended. */
  forget(id: number): void;
  /** Learns from the tokens of a request that has ended. */
  learn?(tokens: Int32Array): void;
  dispose(): void;
}
