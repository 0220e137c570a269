import { type ChatMessage, textOf } from "../../../chat/message.js";
import { HttpError } from "../../http/http-error.js";
import { type CalledTools, readAssistant, readUser, textsOf } from "./read-content.js";
import type { CountTokensRequest } from "./request-schema.js";

/** A conversation, and how its answer begins. */
export interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly prefill: string | undefined;
}

/** Anthropic's messages as ours. @param preset the system message where the request has none */
export function readMessages(request: CountTokensRequest, preset: string | undefined): Conversation {
  const called: CalledTools = new Map();
  const messages: ChatMessage[] = [];
  const system = request.system === undefined ? preset : textsOf(request.system);
  if (system !== undefined && system !== "") messages.push({ role: "system", content: system });
  for (const { role, content } of request.messages) {
    const read = role === "assistant" ? [readAssistant(content, called)] : readUser(content, called);
    for (const message of read) add(messages, role === "system" ? { ...message, role } : message);
  }
  const last = messages.at(-1);
  if (last?.role !== "assistant" || last.toolCalls !== undefined) return { messages, prefill: undefined };
  return { messages: messages.slice(0, -1), prefill: prefillOf(last, request) };
}

/** What a user says in several messages is one turn, as Anthropic has it. */
function add(messages: ChatMessage[], message: ChatMessage): void {
  const last = messages.at(-1);
  if (message.role !== "user" || last?.role !== "user") return void messages.push(message);
  messages[messages.length - 1] = { role: "user", content: `${textOf(last)}\n\n${textOf(message)}` };
}

/** How the answer begins: what the assistant says at the end of the conversation. */
function prefillOf(last: ChatMessage, { messages, thinking }: CountTokensRequest): string | undefined {
  const param = `messages.${messages.length - 1}.content`;
  const prefill = textOf(last);
  const refuse = (problem: string): never => {
    throw new HttpError("ARGUMENT_INVALID", `${param}: ${problem}`, { param });
  };
  if (prefill === "") return undefined;
  if (prefill !== prefill.trimEnd()) refuse("The beginning of an answer must not end with white space.");
  if (thinking !== undefined && thinking.type !== "disabled")
    refuse("An answer that is thought about first cannot be begun; switch thinking off.");
  return prefill;
}
