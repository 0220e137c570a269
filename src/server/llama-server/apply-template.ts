import type { Context } from "hono";
import { writePrompt } from "../../chat/respond.js";
import { readBody } from "../http/read-body.js";
import { readChatRequest } from "../openai/chat/read-request.js";
import { chatRequestSchema } from "../openai/chat/request-schema.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel } from "../take-model.js";

/** `POST /apply-template`: the prompt that a conversation is, and no answer. */
export async function applyTemplate(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, chatRequestSchema, services.limits);
  const { model, served, departure } = await takeModel(context, services, request.model);
  const { messages, options } = readChatRequest(request, model, served);
  const { text } = await writePrompt(model.chatFormat, messages, { ...options, signal: departure.signal });
  return context.json({ prompt: text });
}
