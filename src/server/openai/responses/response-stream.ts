import { failureOf } from "../../http/failure.js";
import type { SseEvent } from "../../http/sse.js";
import type { TakenModel } from "../../take-model.js";
import type { ChatCall } from "../chat/read-request.js";
import { responseEvents } from "./response-events.js";

/** An answer in numbered events, and the event that tells that it has failed. */
interface ResponseStream {
  readonly events: AsyncIterable<SseEvent>;
  readonly failure: (error: unknown) => SseEvent;
}

/** Answers in numbered events. */
export function streamResponse(taken: TakenModel, call: ChatCall, head: object): ResponseStream {
  let number = 0;
  const event = (type: string, body: object): SseEvent => ({
    event: type,
    data: JSON.stringify({ type, sequence_number: number++, ...body }),
  });
  async function* events(): AsyncGenerator<SseEvent, void> {
    for await (const { type, body } of responseEvents(taken.model, call, head)) {
      if (number === 0) {
        const response = { ...head, status: "in_progress", output: [], usage: null };
        yield event("response.created", { response });
        yield event("response.in_progress", { response });
      }
      yield event(type, body);
    }
  }
  const failure = (error: unknown): SseEvent => {
    taken.failed(error);
    const told = { code: "server_error", message: failureOf(error).message };
    const response = { ...head, status: "failed", error: told, output: [], usage: null };
    return event("response.failed", { response });
  };
  return { events: events(), failure };
}
