import type { Context } from "hono";
import { readBody } from "../../http/read-body.js";
import { sseResponse } from "../../http/sse.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { streamOptions, takeModel } from "../../take-model.js";
import { readResponsesRequest } from "./read-request.js";
import { responsesRequestSchema } from "./request-schema.js";
import { responseHead } from "./response-object.js";
import { responseEvents } from "./response-events.js";
import { streamResponse } from "./response-stream.js";

/** `POST /v1/responses`. */
export async function responses(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, responsesRequestSchema, services.limits);
  const taken = await takeModel(context, services, request.model);
  const { messages, options } = readResponsesRequest(request, taken.model, taken.served);
  const call = { messages, options: { ...options, ...taken.options } };
  const head = responseHead(request, taken.name);
  if (request.stream) {
    const { events, failure } = streamResponse(taken, call, head);
    return sseResponse(events, { ...streamOptions(taken, services), failure });
  }
  let last = {};
  for await (const { body } of responseEvents(taken.model, call, head)) last = body;
  return context.json("response" in last ? last.response : last);
}

/** `POST /v1/responses/input_tokens`. */
export async function inputTokens(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, responsesRequestSchema, services.limits);
  const { model, served } = await takeModel(context, services, request.model);
  const { messages, options } = readResponsesRequest(request, model, served);
  const tokens = await model.promptTokens(messages, options);
  return context.json({ object: "response.input_tokens", input_tokens: tokens.length });
}
