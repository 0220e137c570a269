import { failureOf } from "../../http/failure.js";
import type { SseEvent } from "../../http/sse.js";
import type { TakenModel } from "../../take-model.js";
import { failureBody } from "../failure-body.js";
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
  readonly requestId: string;
}

/** Answers a conversation in events. What fails before the answer begins is thrown. */
export async function* streamMessage(parts: MessageStreamParts): AsyncGenerator<SseEvent, void> {
  const { taken, request, call, head, requestId } = parts;
  let begun = false;
  try {
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
  } catch (error) {
    taken.failed(error);
    if (!begun) throw error;
    yield { event: "error", data: JSON.stringify(failureBody(failureOf(error), requestId)) };
  }
}

function eventOf(type: string, body: object): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...body }) };
}
