import { type ChatMessage, textOf } from "../message.js";

/** The conversation with a text at the end of its system message, which is made where there is none. */
export function withSystemText(messages: readonly ChatMessage[], text: string): ChatMessage[] {
  const [first, ...rest] = messages;
  if (first?.role !== "system") return [{ role: "system", content: text }, ...messages];
  return [{ ...first, content: `${textOf(first)}\n\n${text}` }, ...rest];
}

/** The conversation for a model without system messages: what they say stands before what the user says next. */
export function withoutSystemRole(messages: readonly ChatMessage[]): ChatMessage[] {
  const shaped: ChatMessage[] = [];
  let waiting = "";
  for (const message of messages) {
    if (message.role === "system" || message.role === "developer") waiting += `${textOf(message)}\n\n`;
    else if (message.role === "user" && waiting !== "") {
      shaped.push({ ...message, content: waiting + textOf(message) });
      waiting = "";
    } else shaped.push(message);
  }
  if (waiting !== "") shaped.push({ role: "user", content: waiting.trimEnd() });
  return shaped;
}
