import { failureOf } from "../../http/failure.js";
import type { SseEvent } from "../../http/sse.js";
import type { TakenModel } from "../../take-model.js";
import type { ChatCall } from "../chat/read-request.js";
import { responseEvents } from "./response-events.js";

/** Answers in numbered events. What fails before the answer begins is thrown. */
export async function* streamResponse(taken: TakenModel, call: ChatCall, head: object): AsyncGenerator<SseEvent, void> {
  let number = 0;
  const event = (type: string, body: object): SseEvent => ({
    event: type,
    data: JSON.stringify({ type, sequence_number: number++, ...body }),
  });
  try {
    for await (const { type, body } of responseEvents(taken.model, call, head)) {
      if (number === 0) {
        const response = { ...head, status: "in_progress", output: [], usage: null };
        yield event("response.created", { response });
        yield event("response.in_progress", { response });
      }
      yield event(type, body);
    }
  } catch (error) {
    taken.failed(error);
    if (number === 0) throw error;
    const failure = { code: "server_error", message: failureOf(error).message };
    const response = { ...head, status: "failed", error: failure, output: [], usage: null };
    yield event("response.failed", { response });
  }
}
