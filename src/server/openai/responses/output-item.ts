import { randomUUID } from "node:crypto";

/** An item of a response's output while it grows. */
export interface OutputItem {
  readonly type: "message" | "reasoning" | "function_call";
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  text: string;
}

export function newItem(type: OutputItem["type"], callId = "", name = ""): OutputItem {
  const prefix = { message: "msg", reasoning: "rs", function_call: "fc" }[type];
  return { type, id: `${prefix}_${randomUUID().replaceAll("-", "")}`, callId, name, text: "" };
}

export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** An item as OpenAI writes it. */
export function itemOf(item: OutputItem, status: ItemStatus): object {
  const { type, id, callId, name, text } = item;
  if (type === "function_call") return { type, id, status, call_id: callId, name, arguments: text };
  const content = status === "in_progress" ? [] : [partOf(item, text)];
  if (type === "reasoning") return { type, id, status, summary: [], content };
  return { type, id, status, role: "assistant", content };
}

/** The one part of an item's content. */
export function partOf({ type }: OutputItem, text: string): object {
  if (type === "reasoning") return { type: "reasoning_text", text };
  return { type: "output_text", text, annotations: [], logprobs: [] };
}
