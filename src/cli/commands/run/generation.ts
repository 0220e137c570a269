import type { ChatMessage } from "../../../chat/message.js";
import type { ReasoningOption } from "../../../chat/respond-options.js";
import type { AnswerFormat } from "./output-format.js";

/** What `mullama run` asks of a model. */
export interface GenerationRequest {
  /** The model's name, or the path of its file. */
  readonly model: string;
  /** A conversation to answer, or a text to go on with as it stands. */
  readonly prompt: readonly ChatMessage[] | string;
  /** Largest number of tokens to generate; undefined means until the model or its context ends. */
  readonly maxTokens: number | undefined;
  /** 0 takes the likeliest token each time; undefined means what the model recommends, or 0.8. */
  readonly temperature: number | undefined;
  readonly seed: number | undefined;
  /** Tokens that prompt and answer have room for; undefined means what suits the model. */
  readonly contextSize: number | undefined;
  readonly threads: number | undefined;
  readonly gpuLayers: number | undefined;
  /** Whether it thinks first; undefined as it likes. */
  readonly think: ReasoningOption | undefined;
  /** What the answer is held to. */
  readonly format: AnswerFormat | undefined;
  readonly signal: AbortSignal;
}

/** Why an answer ended: the model ended it, there was no more room, or the user stopped it. */
export type FinishReason = "stop" | "length" | "aborted";

export interface GenerationUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Times in milliseconds. */
export interface GenerationTimings {
  readonly load: number;
  readonly prompt: number;
  readonly completion: number;
}

export type GenerationEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thought"; readonly text: string }
  | {
      readonly type: "finish";
      readonly finishReason: FinishReason;
      readonly usage: GenerationUsage;
      readonly timings: GenerationTimings;
    };
