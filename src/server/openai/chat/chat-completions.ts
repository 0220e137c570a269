import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { ChatResult } from "../../../chat/respond-options.js";
import type { LoadedModel } from "../../../mullama.js";
import { readBody } from "../../http/read-body.js";
import { sseResponse } from "../../http/sse.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { streamOptions, takeModel } from "../../take-model.js";
import { answersTo } from "../../answer/answers-to.js";
import { failureEvent } from "../failure-body.js";
import { readLogprobs } from "../../answer/read-logprobs.js";
import { usageOf } from "../usage.js";
import { streamChat } from "./chat-stream.js";
import { finishReason, messageOf } from "./completion-message.js";
import { type ChatCall, readChatRequest } from "./read-request.js";
import { type ChatRequest, chatRequestSchema } from "./request-schema.js";
import type { CompletionHead } from "./response-schema.js";

/** `POST /v1/chat/completions`. */
export async function chatCompletions(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, chatRequestSchema, services.limits);
  const taken = await takeModel(context, services, request.model);
  const { messages, options } = readChatRequest(request, taken.model, taken.served);
  const call = { messages, options: { ...options, ...taken.options } };
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: taken.name };
  if (!request.stream) return context.json(await complete(taken.model, request, call, head));
  const events = streamChat({ liveChats: services.liveChats, taken, request, call, head });
  return sseResponse(events, { ...streamOptions(taken, services), failure: failureEvent(taken) });
}

async function complete(
  model: LoadedModel,
  request: ChatRequest,
  call: ChatCall,
  head: CompletionHead,
): Promise<object> {
  const results = await Promise.all(
    answersTo(call, request.n).map((one) => model.respond(one.messages, one.options).result),
  );
  return {
    ...head,
    object: "chat.completion",
    choices: await Promise.all(results.map((result, index) => choiceOf(model, result, index))),
    usage: usageOf([results.map(({ usage }) => usage)]),
  };
}

async function choiceOf(model: LoadedModel, result: ChatResult, index: number): Promise<object> {
  const { logprobs } = result;
  return {
    index,
    message: messageOf(result),
    logprobs: logprobs === undefined ? null : { content: await readLogprobs(model, logprobs), refusal: null },
    finish_reason: finishReason(result),
  };
}
