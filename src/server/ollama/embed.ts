import type { Context } from "hono";
import { z } from "zod";
import { definedOf } from "../../engine/defined-of.js";
import { HttpError } from "../http/http-error.js";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { askModel, type AskedModel } from "./answer/asked-model.js";
import { nanoseconds } from "./answer/durations.js";
import { readOptions } from "./answer/read-options.js";
import { modelFields, modelOf } from "./model-name.js";
import { answerFields } from "./answer/answer-fields.js";

const commonFields = {
  ...modelFields,
  options: z.record(z.string(), z.unknown()).default({}).describe("Of the model, by the names that Ollama gives them."),
  keep_alive: answerFields.keep_alive,
  truncate: z.boolean().default(false).describe("Whether what is too long is cut. Default false: it is refused."),
};

export const embedRequestSchema = z.strictObject({
  ...commonFields,
  input: z
    .union([z.string(), z.array(z.string()).max(2048)], "It must be a text, or up to 2048 texts.")
    .default([])
    .describe("A text, or up to 2048."),
  dimensions: z
    .int()
    .min(1)
    .optional()
    .describe("Only so many of the first numbers, scaled to length 1; for models that were made for it."),
});

export const embedOneRequestSchema = z.strictObject({
  ...commonFields,
  prompt: z.string().default("").describe("The text."),
});

/** `POST /api/embed`: texts as vectors of length 1. */
export async function embed(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, embedRequestSchema, services.limits);
  const { input, truncate, dimensions } = request;
  const asked = await ask(context, services, request);
  const texts = typeof input === "string" ? (input === "" ? [] : [input]) : input;
  const options = { ...asked.options, truncate, ...definedOf({ dimensions }) };
  const { embeddings, tokens } =
    texts.length === 0 ? { embeddings: [], tokens: 0 } : await asked.model.embedCounted(texts, options);
  services.meters.count(tokens);
  return context.json({
    model: asked.name,
    embeddings: embeddings.map((vector) => Array.from(vector)),
    total_duration: nanoseconds(performance.now() - asked.startedAt),
    load_duration: nanoseconds(asked.loadMs),
    prompt_eval_count: tokens,
  });
}

/** `POST /api/embeddings`, the older form: one text, whose vector has the length that the model gives it. */
export async function embedOne(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, embedOneRequestSchema, services.limits);
  const { prompt, truncate } = request;
  const asked = await ask(context, services, request);
  const options = { ...asked.options, truncate, normalize: false };
  const {
    embeddings: [vector = []],
    tokens,
  } = prompt === "" ? { embeddings: [], tokens: 0 } : await asked.model.embedCounted([prompt], options);
  services.meters.count(tokens);
  return context.json({ embedding: Array.from(vector) });
}

function ask(
  context: Context<ServerEnv>,
  services: Services,
  fields: z.output<z.ZodObject<typeof commonFields>>,
): Promise<AskedModel> {
  const { load, request } = readOptions(fields.options);
  const [sampling] = Object.keys(request);
  if (sampling !== undefined)
    throw new HttpError("ARGUMENT_INVALID", `options: ${sampling} is of answers, not of embeddings.`, {
      param: "options",
    });
  return askModel(context, services, modelOf(fields), { keepAlive: fields.keep_alive, load });
}
