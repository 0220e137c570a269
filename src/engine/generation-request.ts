import type { SamplingOptions } from "./sampling/sampling-options.js";

/** A LoRA adapter that a request wants: a file, and how strongly it works. */
export interface AdapterChoice {
  /** The GGUF file. It is loaded once for each engine, and stays loaded. */
  readonly path: string;
  /** 1 as trained, 0 not at all. Default 1. */
  readonly scale?: number;
}

/** A control vector that a request wants. */
export interface ControlVectorChoice {
  /** The GGUF file. */
  readonly path: string;
  /** Multiplies the vector. Default 1. */
  readonly strength?: number;
}

/** What happens when the context is full before the answer has ended. */
export type Overflow =
  /** It ends, with the finish reason `length`. */
  | "stop"
  /** The request fails with `CONTEXT_FULL`. */
  | "error"
  /** The oldest tokens behind the first `keepTokens` are forgotten, half of them at a time. */
  | "shift";

/** One text to go on with. */
export interface GenerationRequest extends SamplingOptions {
  /** The prompt: a text, or tokens of the model's vocabulary. */
  readonly prompt: string | Int32Array | readonly number[];
  /** Begin a text prompt with the tokens that the model wants there, such as BOS. Default true. */
  readonly addSpecial?: boolean;
  /** Read control tokens such as `<|im_start|>` in a text prompt as such. Default false. */
  readonly parseSpecial?: boolean;
  /** Most tokens of the prompt, 1 or more: a longer one fails with `PROMPT_TOO_LONG`. Default: as many as there is room for. */
  readonly maxPromptTokens?: number;
  /** Most tokens to generate, 0 or more. Default: as many as there is room for. */
  readonly maxTokens?: number;
  /** Texts that end the answer, which does not contain them. */
  readonly stop?: readonly string[];
  /** Tokens that end the answer, beside the model's own. */
  readonly stopTokens?: readonly number[];
  /** Give control tokens of the answer as text. Default false. */
  readonly renderSpecial?: boolean;
  /** Begin the answer with the prompt's text. Default false. */
  readonly echo?: boolean;
  readonly adapters?: readonly AdapterChoice[];
  readonly controlVectors?: readonly ControlVectorChoice[];
  /** Greater comes first. Default 0. */
  readonly priority?: number;
  /** Milliseconds from now in which the request must have ended; it fails with `DEADLINE_EXCEEDED` after. */
  readonly deadline?: number;
  /** Default `stop`. */
  readonly overflow?: Overflow;
  /** How many of the first tokens `overflow: "shift"` keeps. Default: the prompt, at most half the context. */
  readonly keepTokens?: number;
  /** Use what is cached of the prompt, and leave the answer to others. False: nothing of it stays cached. Default true. */
  readonly reuse?: boolean;
  /** Guess tokens ahead where the engine can; false turns it off for this request. Default true. */
  readonly speculate?: boolean;
}
