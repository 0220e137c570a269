import type { RequestOptions } from "../engine/hosts/engine-client.js";
import type { RequestTimings } from "../engine/metrics.js";
import type { GenerationUsage } from "../engine/protocol.js";
import type { GrammarOptions } from "../engine/sampling/sampling-options.js";
import type { TokenLogprobs } from "../engine/sampling/token-logprobs.js";
import type { GenerationOptions } from "../engine/sequence.js";
import type { AnswerEvent } from "./answer/answer-parser.js";
import type { ChatPromptOptions } from "./chat-format.js";
import type { ChatMessage, ToolCall } from "./message.js";
import type { JsonSchema } from "./schema/json-schema.js";
import type { ToolAnswer } from "./tools/tool.js";
import type { ToolChoice } from "./tools/tool-definition.js";

/** What an answer is held to, by a grammar. */
export type OutputFormat =
  /** JSON that is valid against a schema. */
  | { readonly schema: JsonSchema }
  /** A text that the expression matches as a whole. */
  | { readonly regex: RegExp | string }
  /** One of these texts. */
  | { readonly choice: readonly string[] }
  /** A grammar in GBNF. */
  | { readonly grammar: string | GrammarOptions };

/** How a model shall think before it answers. */
export type ReasoningOption =
  /** Whether it does. Default: as its template has it. */
  | boolean
  /** It does, for at most so many tokens; then it has to answer. */
  | { readonly budget: number };

/** How a conversation is answered. */
export interface RespondOptions extends Omit<GenerationOptions, "grammar" | "echo" | "renderSpecial">, RequestOptions {
  readonly tools?: ChatPromptOptions["tools"];
  /** Which tools may or must be called; enforced by grammar. Default `auto`. */
  readonly toolChoice?: ToolChoice | undefined;
  /** Whether one answer may call several tools. Default true. */
  readonly parallelToolCalls?: boolean | undefined;
  readonly documents?: ChatPromptOptions["documents"];
  /** Variables for the chat template. */
  readonly variables?: ChatPromptOptions["variables"];
  readonly reasoning?: ReasoningOption | undefined;
  /** How the answer begins; it is part of the answer. */
  readonly prefill?: string | undefined;
  readonly output?: OutputFormat | undefined;
}

/** A piece of an answer, or its end. */
export type ChatEvent<Result extends ChatResult = ChatResult> =
  | AnswerEvent
  /** Where they were asked for: of the tokens whose text comes next, or has been held back. */
  | { readonly type: "logprobs"; readonly logprobs: readonly TokenLogprobs[] }
  /** A tool has answered; in sessions. */
  | ({ readonly type: "tool-result" } & ToolAnswer)
  | ({ readonly type: "finish" } & Result);

/** A whole answer. */
export interface ChatResult {
  /** The answer as a message, to be put behind the conversation. */
  readonly message: ChatMessage;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** `stop`: the model ended it; `length`: there was no more room; `tool-calls`: it wants tools called. */
  readonly finishReason: "stop" | "length" | "tool-calls";
  /** The stop text that came, if one did. */
  readonly stopText?: string;
  readonly usage: ChatUsage;
  readonly timings: RequestTimings;
  /** Where they were asked for. */
  readonly logprobs?: readonly TokenLogprobs[];
  /** All that the model has seen, the prompt and the answer, as text and as tokens. */
  readonly seen: SeenText;
  readonly seed?: number;
}

/** A text whose tokens are known. */
export interface SeenText {
  readonly text: string;
  readonly tokens: Int32Array;
}

/** Tokens of an answer. */
export interface ChatUsage extends GenerationUsage {
  /** How many of the completion's tokens were thoughts. */
  readonly reasoningTokens: number;
}
