import type { ChatEvent } from "../../../chat/respond-options.js";
import type { LoadedModel } from "../../../mullama.js";
import type { MessagesCall } from "../request/read-request.js";
import type { MessagesRequest } from "../request/request-schema.js";
import { BlockWriter } from "./block-writer.js";
import type { AnswerEvent, BlockDelta, ContentEvent } from "./response-schema.js";
import { stopOf } from "./stop-reason.js";
import { usageOf } from "./usage.js";
import { withoutPrefill } from "./without-prefill.js";

/** Answers a conversation in blocks, as they come, and tells at last how it ended. */
export async function* answerEvents(
  model: LoadedModel,
  call: MessagesCall,
  request: MessagesRequest,
): AsyncGenerator<AnswerEvent, void> {
  const writer = new BlockWriter();
  const cut = withoutPrefill(call.options.prefill ?? "");
  for await (const event of model.respond(call.messages, call.options)) {
    if (event.type !== "finish") {
      yield* write(writer, event.type === "text" ? { ...event, text: cut(event.text) } : event, request);
      continue;
    }
    // A call that is open still was cut off, whatever was called before it.
    const reason = writer.open === "tool_use" ? "length" : event.finishReason;
    yield* writer.close();
    const delta = stopOf({ ...event, finishReason: reason }, request);
    yield { type: "message_delta", delta, usage: usageOf(event.usage) };
  }
}

/** Thoughts that nobody asked for are left out. */
function* write(writer: BlockWriter, event: ChatEvent, { thinking }: MessagesRequest): Generator<ContentEvent> {
  switch (event.type) {
    case "text":
      if (event.text === "") return;
      return yield* writer.write({ type: "text", text: "", citations: null }, { type: "text_delta", text: event.text });
    case "reasoning": {
      if (thinking === undefined || thinking.type === "disabled") return;
      const delta: BlockDelta = { type: "thinking_delta", thinking: event.text };
      const omitted = thinking.display === "omitted";
      return yield* writer.write({ type: "thinking", thinking: "", signature: "" }, omitted ? undefined : delta);
    }
    case "tool-call-start":
      return yield* writer.begin({ type: "tool_use", id: event.id, name: event.name, input: {} });
    case "tool-call-delta":
      return yield* writer.delta({ type: "input_json_delta", partial_json: event.text });
    case "tool-call":
      return yield* writer.close();
    default:
  }
}
