import type { LoadedModel } from "../../../mullama.js";
import type { ChatCall } from "../chat/read-request.js";
import { type ItemEvent, ItemWriter } from "./item-writer.js";
import { usageOf } from "./response-object.js";

/** Answers in items, as they come; the last event has the whole response. */
export async function* responseEvents(
  model: LoadedModel,
  { messages, options }: ChatCall,
  head: object,
): AsyncGenerator<ItemEvent, void> {
  const writer = new ItemWriter();
  for await (const part of model.respond(messages, options)) {
    yield* writer.take(part);
    if (part.type !== "finish") continue;
    // A call that is open still was cut off, whatever was called before it.
    const status = part.finishReason === "length" || writer.inCall ? "incomplete" : "completed";
    yield* writer.close(status);
    const details = status === "incomplete" ? { incomplete_details: { reason: "max_output_tokens" } } : {};
    const { output } = writer;
    const response = { ...head, status, ...details, output, usage: usageOf(part.usage) };
    yield { type: `response.${status}`, body: { response } };
  }
}
