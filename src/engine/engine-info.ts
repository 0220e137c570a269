import type { FitReport } from "./fit/auto-fit.js";
import type { SpecialTokens } from "./special-tokens.js";

/** What an engine's model is, and what it was given; told once it is loaded. */
export interface EngineInfo {
  readonly description: string;
  readonly parameters: number;
  /** Bytes of the weights. */
  readonly size: number;
  readonly trainedContextSize: number;
  readonly contextSize: number;
  /** Tokens that one request has room for. */
  readonly contextSizePerSequence: number;
  /** What was chosen to fit into memory, and why. */
  readonly fit: FitReport;
  readonly parallel: number;
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly threads: number;
  /** Whether it generates text; embedding models do not. */
  readonly generates: boolean;
  /** The tokens with which the model can end an answer. */
  readonly endTokens: readonly number[];
  readonly specialTokens: SpecialTokens;
  /** The model's own chat template, where it has one. */
  readonly chatTemplate: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}
