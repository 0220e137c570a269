import { ArgumentError, MullamaError } from "../errors.js";

/** A piece of a message's content. */
export type ContentPart = { readonly type: "text"; readonly text: string };

/** What a model wants a tool to be called with. */
export interface ToolCall {
  /** Tells calls apart; the tool's answer names it. */
  readonly id: string;
  readonly name: string;
  /** The arguments as a JSON value, an object where the model was held to the tool's schema. */
  readonly arguments: unknown;
}

/** One message of a conversation, as plain JSON. */
export interface ChatMessage {
  /** Who speaks: `system`, `user`, `assistant`, `tool`, or a role that the model's template knows beside these. */
  readonly role: string;
  /** A text, or texts that belong together. An assistant that only calls tools says nothing: `""`. */
  readonly content: string | readonly ContentPart[];
  /** What an assistant thought before it answered. */
  readonly reasoning?: string | undefined;
  /** The tools that an assistant calls. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** For the role `tool`: the call that this answers. */
  readonly toolCallId?: string | undefined;
  /** For the role `tool`: the tool that answers. */
  readonly toolName?: string | undefined;
}

/** A message's text. */
export function textOf({ content }: ChatMessage): string {
  return typeof content === "string" ? content : content.map((part) => part.text).join("");
}

/**
 * Throws an error that names the first message of the wrong form.
 *
 * @throws {ArgumentError} for what is no message; {MullamaError} `UNSUPPORTED` for content that is not text
 */
export function requireMessages(messages: readonly ChatMessage[]): void {
  if (!Array.isArray(messages)) throw new ArgumentError("messages", "an array of { role, content }", messages);
  for (const [index, message] of (messages as readonly unknown[]).entries())
    requireMessage(message, `messages[${index}]`);
}

function requireMessage(message: unknown, name: string): void {
  if (typeof message !== "object" || message === null) throw new ArgumentError(name, "{ role, content }", message);
  const { role, content, reasoning, toolCalls, toolCallId, toolName } = message as Partial<
    Record<keyof ChatMessage, unknown>
  >;
  if (typeof role !== "string" || role === "") throw new ArgumentError(`${name}.role`, "a role's name", role);
  requireContent(content, `${name}.content`);
  for (const [key, value] of Object.entries({ reasoning, toolCallId, toolName })) {
    if (value !== undefined && typeof value !== "string") throw new ArgumentError(`${name}.${key}`, "a string", value);
  }
  if (toolCalls === undefined) return;
  if (!Array.isArray(toolCalls)) throw new ArgumentError(`${name}.toolCalls`, "an array of calls", toolCalls);
  for (const [index, call] of (toolCalls as readonly unknown[]).entries())
    requireCall(call, `${name}.toolCalls[${index}]`);
}

function requireContent(content: unknown, name: string): void {
  if (typeof content === "string") return;
  if (!Array.isArray(content))
    throw new ArgumentError(name, 'a string, or an array of { type: "text", text }', content);
  for (const [index, part] of (content as readonly unknown[]).entries()) {
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    if (type === "text" && typeof text === "string") continue;
    if (type === "text" || typeof type !== "string")
      throw new ArgumentError(`${name}[${index}]`, '{ type: "text", text }', part);
    throw new MullamaError(
      "UNSUPPORTED",
      `${name}[${index}] is of the type ${JSON.stringify(type)}, but this model reads text only.`,
      {
        hint: "Leave it out, or describe it in words.",
      },
    );
  }
}

function requireCall(call: unknown, name: string): void {
  const { id, name: tool, arguments: given } = (call ?? {}) as Partial<ToolCall>;
  if (typeof id !== "string") throw new ArgumentError(`${name}.id`, "a string", id);
  if (typeof tool !== "string" || tool === "") throw new ArgumentError(`${name}.name`, "a tool's name", tool);
  requireJson(given, `${name}.arguments`);
}

/** Throws an `ArgumentError` for what JSON cannot say, such as what contains itself. */
function requireJson(value: unknown, name: string): void {
  try {
    if (JSON.stringify(value) !== undefined) return;
  } catch (error) {
    throw new ArgumentError(name, "a JSON value", value, {
      cause: error,
      hint: "It must not contain itself, or a bigint.",
    });
  }
  throw new ArgumentError(name, "a JSON value", value);
}
