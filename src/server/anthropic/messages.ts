import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { failureOf } from "../http/failure.js";
import { readBody } from "../http/read-body.js";
import { type SseEvent, sseResponse } from "../http/sse.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { streamOptions, takeModel } from "../take-model.js";
import { answerEvents } from "./answer/answer-events.js";
import { joinAnswer } from "./answer/join-answer.js";
import { streamMessage } from "./answer/message-stream.js";
import { failureBody } from "./failure-body.js";
import { readMessagesRequest } from "./request/read-request.js";
import { messagesRequestSchema } from "./request/request-schema.js";

/** `POST /v1/messages`. */
export async function messages(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, messagesRequestSchema, services.limits);
  const taken = await takeModel(context, services, request.model);
  const { messages: conversation, options } = readMessagesRequest(request, taken.model, taken.served);
  const call = { messages: conversation, options: { ...options, ...taken.options } };
  const head = { id: `msg_${randomUUID().replaceAll("-", "")}`, type: "message", role: "assistant", model: taken.name };
  if (request.stream) {
    const events = streamMessage({ taken, request, call, head });
    const ping = { event: "ping", data: JSON.stringify({ type: "ping" }) };
    const failure = (error: unknown): SseEvent => {
      taken.failed(error);
      return { event: "error", data: JSON.stringify(failureBody(failureOf(error), context.get("requestId"))) };
    };
    return sseResponse(events, { ...streamOptions(taken, services), heartbeat: ping, failure });
  }
  return context.json({ ...head, ...(await joinAnswer(answerEvents(taken.model, call, request))) });
}
