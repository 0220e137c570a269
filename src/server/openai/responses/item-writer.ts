import type { ChatEvent } from "../../../chat/respond-options.js";
import { type ItemStatus, itemOf, newItem, type OutputItem, partOf } from "./output-item.js";

/** An event, without its number. */
export interface ItemEvent {
  readonly type: string;
  readonly body: object;
}

const names = {
  message: "response.output_text",
  reasoning: "response.reasoning_text",
  function_call: "response.function_call_arguments",
};

/** Writes an answer as the items of a response, one after another. */
export class ItemWriter {
  /** The items that have ended. */
  readonly output: object[] = [];
  #open: OutputItem | undefined;

  *take(event: ChatEvent): Generator<ItemEvent> {
    if (event.type === "text") yield* this.#write("message", event.text);
    else if (event.type === "reasoning") yield* this.#write("reasoning", event.text);
    else if (event.type === "tool-call-start") yield* this.#start(newItem("function_call", event.id, event.name));
    else if (event.type === "tool-call-delta") yield* this.#write("function_call", event.text);
    else if (event.type === "tool-call") yield* this.close("completed");
  }

  *#write(type: OutputItem["type"], delta: string): Generator<ItemEvent> {
    if (this.#open?.type !== type) yield* this.#start(newItem(type));
    const item = this.#open;
    if (item === undefined) return;
    item.text += delta;
    const logprobs = type === "message" ? { logprobs: [] } : {};
    yield { type: `${names[type]}.delta`, body: { ...this.#place(item), delta, ...logprobs } };
  }

  *#start(item: OutputItem): Generator<ItemEvent> {
    yield* this.close("completed");
    this.#open = item;
    const place = { output_index: this.output.length };
    yield { type: "response.output_item.added", body: { ...place, item: itemOf(item, "in_progress") } };
    if (item.type === "function_call") return;
    yield { type: "response.content_part.added", body: { ...this.#place(item), part: partOf(item, "") } };
  }

  /** Whether a call has begun that is not whole. */
  get inCall(): boolean {
    return this.#open?.type === "function_call";
  }

  /** Ends the item that is open. */
  *close(status: ItemStatus): Generator<ItemEvent> {
    const item = this.#open;
    if (item === undefined) return;
    this.#open = undefined;
    const place = this.#place(item);
    const { text } = item;
    if (item.type === "function_call") {
      yield { type: `${names.function_call}.done`, body: { ...place, name: item.name, arguments: text } };
    } else {
      const logprobs = item.type === "message" ? { logprobs: [] } : {};
      yield { type: `${names[item.type]}.done`, body: { ...place, text, ...logprobs } };
      yield { type: "response.content_part.done", body: { ...place, part: partOf(item, text) } };
    }
    const done = itemOf(item, status);
    yield { type: "response.output_item.done", body: { output_index: this.output.length, item: done } };
    this.output.push(done);
  }

  #place(item: OutputItem): object {
    const place = { item_id: item.id, output_index: this.output.length };
    return item.type === "function_call" ? place : { ...place, content_index: 0 };
  }
}
