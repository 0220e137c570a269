import type { TokenProbability } from "../server/chat-stream.js";

/** A tool that the model wants to be called. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as far as it has come. */
  readonly arguments: string;
}

/** What one answer cost. Times in milliseconds. */
export interface AnswerStats {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly tokens: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

/** One answer of a model. */
export interface Answer {
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** Empty where they were not asked for. */
  readonly probabilities: readonly TokenProbability[];
  /** Undefined while it is being written. */
  readonly finish: string | undefined;
  readonly error: string | undefined;
  readonly stats: AnswerStats | undefined;
}

export interface UserTurn {
  readonly role: "user";
  readonly id: string;
  readonly text: string;
}

export interface AssistantTurn {
  readonly role: "assistant";
  readonly id: string;
  /** Every answer that was given here, and which of them is shown. */
  readonly answers: readonly Answer[];
  readonly current: number;
}

/** What a tool gave back. */
export interface ToolTurn {
  readonly role: "tool";
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  readonly text: string;
}

export type Turn = UserTurn | AssistantTurn | ToolTurn;

export interface Conversation {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly updated: number;
  readonly system: string;
  readonly turns: readonly Turn[];
}

/** The answer of a turn that is shown. */
export function answerOf(turn: AssistantTurn): Answer | undefined {
  return turn.answers[turn.current];
}

export function emptyAnswer(model: string): Answer {
  return {
    model,
    text: "",
    reasoning: "",
    toolCalls: [],
    probabilities: [],
    finish: undefined,
    error: undefined,
    stats: undefined,
  };
}

export function newId(): string {
  // crypto.randomUUID is there for HTTPS and this machine only.
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
