/** llama.cpp's built-in chat formats. It recognises one from a template's text; it does not run Jinja. */
import { ArgumentError, MullamaError } from "../errors.js";
import { readPointer, readText, sizeArray } from "../native/index.js";
import { checkArray, checkBoolean, checkText } from "./check.js";
import { api } from "./library.js";
import { readString } from "./string-out.js";

export interface ChatFormatMessage {
  /** For instance `system`, `user` or `assistant`. */
  readonly role: string;
  readonly content: string;
}

/** The names of the formats (`llama_chat_builtin_templates`), for instance `chatml`. */
export function chatFormats(): string[] {
  const count = api().llama_chat_builtin_templates(null, 0);
  const names = sizeArray(count);
  api().llama_chat_builtin_templates(names, count);
  return Array.from({ length: count }, (_, index) => {
    const name = readPointer<"char">(names, index);
    return name === null ? "" : readText(name);
  });
}

/**
 * Writes a conversation in a built-in format (`llama_chat_apply_template`).
 *
 * @param template a format's name, or a Jinja template that one of the formats is recognised in
 * @param addAssistant whether to begin the assistant's answer; default true
 * @throws {MullamaError} `TEMPLATE_FAILED` where none is recognised
 */
export function formatChat(template: string, messages: readonly ChatFormatMessage[], addAssistant = true): string {
  checkText("template", template);
  checkBoolean("addAssistant", addAssistant);
  const chat = checkArray("messages", messages).map((message, index) => checkMessage(index, message));
  const length = messages.reduce((sum, { role, content }) => sum + role.length + content.length, 0);
  // Lengths are in bytes of UTF-8; the call is repeated where this is too small.
  const text = readString(
    (buffer, size) => api().llama_chat_apply_template(template, chat, chat.length, addAssistant, buffer, size),
    2 * length + 256,
  );
  if (text !== undefined) return text;
  throw new MullamaError("TEMPLATE_FAILED", "The template is none of llama.cpp's built-in chat formats.", {
    hint: "Name one of chatFormats(), or render the Jinja template.",
  });
}

function checkMessage(index: number, message: unknown): ChatFormatMessage {
  if (typeof message !== "object" || message === null)
    throw new ArgumentError(`messages[${index}]`, "an object with role and content", message);
  const { role, content } = message as Partial<ChatFormatMessage>;
  return {
    role: checkText(`messages[${index}].role`, role),
    content: checkText(`messages[${index}].content`, content),
  };
}
