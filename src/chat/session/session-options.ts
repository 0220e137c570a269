import type { ChatMessage } from "../message.js";
import type { ChatResult, RespondOptions } from "../respond-options.js";
import type { ToolAnswer, ToolSet } from "../tools/tool.js";

/** What becomes of the oldest turns when a conversation outgrows the context; the system message always stays. */
export type ContextManagement =
  /** They are left out of the prompt. */
  | "drop"
  /** They are left out, and the model sums them up in the system message. */
  | "summarize"
  /** The request fails with `PROMPT_TOO_LONG`. */
  | "error";

/** How one message is answered. */
export interface SendOptions extends Omit<RespondOptions, "tools"> {
  /** How often the model may be asked, tools being run in between; the last time, it has to answer. Default 8. */
  readonly maxSteps?: number | undefined;
}

/** How a conversation is held; what is said of answers holds for all of them, unless one is asked for otherwise. */
export interface ChatSessionOptions extends SendOptions {
  /** What the model is told before all else. */
  readonly system?: string | undefined;
  /** Tools that it may use. */
  readonly tools?: ToolSet | undefined;
  /** What was said before. */
  readonly history?: readonly ChatMessage[] | undefined;
  /** Default `drop`. */
  readonly contextManagement?: ContextManagement | undefined;
}

/** An answer within a conversation. */
export interface ChatReply extends ChatResult {
  /** How often the model was asked. */
  readonly steps: number;
  /** What tools answered on the way. */
  readonly toolAnswers: readonly ToolAnswer[];
  /** What was put into the history: the message that was sent, calls, tools' answers, and the answer. */
  readonly messages: readonly ChatMessage[];
  /** How many messages of the history the model was not shown. */
  readonly droppedMessages: number;
}
