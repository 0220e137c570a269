import { ArgumentError } from "../errors.js";

/** One message of a conversation. */
export interface ChatMessage {
  /** Who speaks: `system`, `user`, `assistant`, or a role that the model's template knows beside these. */
  readonly role: string;
  readonly content: string;
}

/** Throws an `ArgumentError` that names the first message of the wrong form. */
export function requireMessages(messages: readonly ChatMessage[]): void {
  if (!Array.isArray(messages)) throw new ArgumentError("messages", "an array of { role, content }", messages);
  for (const [index, message] of (messages as readonly Partial<ChatMessage>[]).entries()) {
    const { role, content } = message;
    if (typeof role !== "string" || role === "")
      throw new ArgumentError(`messages[${index}].role`, "a role's name", role);
    if (typeof content !== "string") throw new ArgumentError(`messages[${index}].content`, "a string", content);
  }
}
