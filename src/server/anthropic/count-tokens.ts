import type { Context } from "hono";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel } from "../take-model.js";
import { readMessagesRequest } from "./request/read-request.js";
import { countTokensRequestSchema } from "./request/request-schema.js";

/** `POST /v1/messages/count_tokens`: how many tokens a conversation is as this model's prompt. */
export async function countTokens(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, countTokensRequestSchema, services.limits);
  const { model, served } = await takeModel(context, services, request.model);
  const { messages, options } = readMessagesRequest(request, model, served);
  const tokens = await model.promptTokens(messages, options);
  return context.json({ input_tokens: tokens.length });
}
