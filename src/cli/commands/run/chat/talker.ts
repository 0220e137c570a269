import type { ChatMessage } from "../../../../chat/message.js";
import type { ReasoningOption } from "../../../../chat/respond-options.js";
import type { AnswerFormat } from "../output-format.js";

/** How the next answer is to be. */
export interface TalkSettings {
  readonly system: string | undefined;
  /** Parameters by Ollama's names, such as `temperature` and `num_ctx`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whether the model thinks first; undefined as it likes. */
  readonly think: ReasoningOption | undefined;
  /** What the answer is held to. */
  readonly format: AnswerFormat | undefined;
}

/** A piece of an answer, or its end. */
export type TalkEvent =
  | { readonly type: "text" | "thought"; readonly text: string }
  /** A tool was called; shown, and no more. */
  | { readonly type: "tool"; readonly name: string; readonly given: unknown; readonly answer: string }
  | {
      readonly type: "end";
      /** What is to be put behind the conversation. */
      readonly messages: readonly ChatMessage[];
      readonly promptTokens: number;
      /** How many of these were known from before. */
      readonly cachedTokens: number;
      readonly completionTokens: number;
      /** Milliseconds. */
      readonly promptTime: number;
      readonly completionTime: number;
      readonly length: boolean;
      /** Messages that the model was not shown, since there is no room. */
      readonly dropped: number;
    };

/** Who answers in a chat. */
export interface Talker extends AsyncDisposable {
  /** Names of the tools that it may call. */
  readonly tools: readonly string[];
  /** Whether it is of this process: it can limit thoughts, and keeps the context that it was loaded with. */
  readonly isLocal: boolean;
  /** Makes ready, so that the first answer does not wait. Rejects where that was stopped, even in its last moment. */
  prepare(settings: TalkSettings, signal: AbortSignal): Promise<void>;
  /** What the model remembers of the conversation that it answered last, where it is of this process. */
  remembered?(): Promise<Uint8Array | undefined>;
  /** Has it remember that again. @throws {MullamaError} `STATE_INVALID` where it is of another model or release */
  remember?(state: Uint8Array): Promise<void>;
  answer(messages: readonly ChatMessage[], settings: TalkSettings, signal: AbortSignal): AsyncIterable<TalkEvent>;
}
