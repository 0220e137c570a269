import type { Context } from "hono";
import type { RespondOptions } from "../../../chat/respond-options.js";
import { definedOf } from "../../../engine/defined-of.js";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { partsOfChat } from "../answer/answer-parts.js";
import { askModel, loadOrUnload } from "../answer/asked-model.js";
import { chatOptions } from "../answer/read-answer.js";
import { readOptions } from "../answer/read-options.js";
import { sendAnswer } from "../answer/send-answer.js";
import { modelOf } from "../model-name.js";
import { messageOf } from "./answer-message.js";
import { type ChatRequest, chatRequestSchema } from "./chat-request.js";
import { readMessages } from "./read-messages.js";

/** `POST /api/chat`. */
export async function chat(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, chatRequestSchema, services.limits);
  const name = modelOf(request);
  const ask = { keepAlive: request.keep_alive, load: readOptions(request.options).load };
  if (request.messages.length === 0) {
    const reason = await loadOrUnload(context, services, name, ask);
    const message = { role: "assistant", content: "" };
    const created = new Date().toISOString();
    return context.json({ model: name, created_at: created, message, done: true, done_reason: reason });
  }
  const asked = await askModel(context, services, name, ask);
  const messages = readMessages(request.messages);
  const { system } = asked.served;
  const told = system !== undefined && messages.every(({ role }) => role !== "system");
  const stream = asked.model.respond(told ? [{ role: "system", content: system }, ...messages] : messages, {
    ...chatOptions(request, asked),
    tools: toolsOf(request),
  });
  return sendAnswer(context, { asked, parts: partsOfChat(stream), stream: request.stream, write: messageOf });
}

function toolsOf({ tools }: ChatRequest): RespondOptions["tools"] {
  return tools.map(({ function: { name, description, parameters } }) => ({
    name,
    ...definedOf({ description: description ?? undefined, parameters: parameters ?? undefined }),
  }));
}
