import type { Context } from "hono";
import { HttpError } from "../../http/http-error.js";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { type AnswerPart, type AnswerParts, partsOfChat, partsOfText } from "../answer/answer-parts.js";
import { askModel, type AskedModel, loadOrUnload } from "../answer/asked-model.js";
import { chatOptions, textOptions } from "../answer/read-answer.js";
import { readOptions } from "../answer/read-options.js";
import { sendAnswer } from "../answer/send-answer.js";
import { modelOf } from "../model-name.js";
import { type GenerateRequest, generateRequestSchema } from "./generate-request.js";
import { messagesOf, writePrompt } from "./write-prompt.js";

/** `POST /api/generate`. */
export async function generate(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, generateRequestSchema, services.limits);
  checkTogether(request);
  const name = modelOf(request);
  const ask = { keepAlive: request.keep_alive, load: readOptions(request.options).load };
  if (request.prompt === "" && !request.suffix) {
    const reason = await loadOrUnload(context, services, name, ask);
    const created = new Date().toISOString();
    return context.json({ model: name, created_at: created, response: "", done: true, done_reason: reason });
  }
  const asked = await askModel(context, services, name, ask);
  const parts = await answer(request, asked);
  const seen = !request.raw && !request.suffix;
  return sendAnswer(context, {
    asked,
    parts,
    stream: request.stream,
    write: responseOf,
    last: (end) => (seen ? { context: [...end.seen] } : {}),
  });
}

async function answer(request: GenerateRequest, asked: AskedModel): Promise<AnswerParts> {
  const { model } = asked;
  if (isConversation(request))
    return partsOfChat(model.respond(messagesOf(request, asked), chatOptions(request, asked)));
  const options = await textOptions(request, asked);
  const prompt = await writePrompt(request, asked);
  return partsOfText(prompt, model.stream(prompt, options));
}

/** Whether it is one question, to be asked as the model's own template has it. */
function isConversation({ raw, suffix, template, context = [] }: GenerateRequest): boolean {
  return !raw && !suffix && !template && context.length === 0;
}

function checkTogether({ raw, suffix, template, system, context = [] }: GenerateRequest): void {
  const refuse = (param: string, problem: string): never => {
    throw new HttpError("ARGUMENT_INVALID", `${param}: ${problem}`, { param });
  };
  if (raw && (template || system || context.length > 0))
    refuse("raw", "A raw prompt has no template, system or context beside it.");
  if (suffix && (raw || template || system || context.length > 0))
    refuse("suffix", "What is filled in has no raw, template, system or context beside it.");
}

function responseOf({ text, thinking }: AnswerPart): object {
  return { response: text, ...(thinking === "" ? {} : { thinking }) };
}
