import type { Context } from "hono";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { takeModel } from "../../take-model.js";
import { answerPrompts } from "./answer-prompts.js";
import { promptsOf, promptTokens } from "./prompt.js";
import { completionSchema } from "./request-schema.js";

/** `POST /completion`. */
export async function completion(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, completionSchema, services.limits);
  const taken = await takeModel(context, services, request.model);
  const prompts = await Promise.all(promptsOf(request.prompt).map((parts) => promptTokens(taken.model, parts)));
  return answerPrompts(context, services, taken, request, prompts);
}
