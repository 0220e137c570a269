import type { SseEvent } from "../../http/sse.js";
import type { TakenModel } from "../../take-model.js";
import type { MessagesCall } from "../request/read-request.js";
import type { MessagesRequest } from "../request/request-schema.js";
import { answerEvents } from "./answer-events.js";
import { usageOf } from "./usage.js";

interface MessageStreamParts {
  readonly taken: TakenModel;
  readonly request: MessagesRequest;
  readonly call: MessagesCall;
  /** What the message begins with. */
  readonly head: object;
}

/** Answers a conversation in events. */
export async function* streamMessage(parts: MessageStreamParts): AsyncGenerator<SseEvent, void> {
  const { taken, request, call, head } = parts;
  let begun = false;
  const { length: promptTokens } = await taken.model.promptTokens(call.messages, call.options);
  for await (const event of answerEvents(taken.model, call, request)) {
    if (!begun) {
      begun = true;
      const usage = usageOf({ promptTokens, cachedTokens: 0, completionTokens: 0 });
      const message = { ...head, content: [], stop_reason: null, stop_sequence: null, usage };
      yield eventOf("message_start", { message });
      yield eventOf("ping", {});
    }
    yield eventOf(event.type, event);
  }
  yield eventOf("message_stop", {});
}

function eventOf(type: string, body: object): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...body }) };
}
