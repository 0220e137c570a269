import type { Context } from "hono";
import { z } from "zod";
import { definedOf } from "../../engine/defined-of.js";
import { base64Of } from "../http/base64-floats.js";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel } from "../take-model.js";
import { textInput, textsOf } from "./text-input.js";
import { modelField } from "../model-name.js";

export const embeddingsRequestSchema = z.strictObject({
  model: modelField,
  input: textInput.describe("A text, its tokens, or up to 2048 of either."),
  encoding_format: z
    .enum(["float", "base64"])
    .default("float")
    .describe("Numbers, or their bytes (float32, little-endian) in base64. Default `float`."),
  dimensions: z
    .int()
    .min(1)
    .optional()
    .describe("Only so many of the first numbers, scaled to length 1; for models that were made for it."),
  user: z.string().optional().describe("Taken, and not used: who asks."),
});

/** `POST /v1/embeddings`. */
export async function embeddings(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, embeddingsRequestSchema, services.limits);
  const { encoding_format: format, dimensions } = request;
  const { name, model, options } = await takeModel(context, services, request.model);
  const { embeddings: vectors, tokens: count } = await model.embedCounted(textsOf(request.input), {
    ...options,
    ...definedOf({ dimensions }),
  });
  services.meters.count(count);
  return context.json({
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: format === "base64" ? base64Of(vector) : Array.from(vector),
    })),
    model: name,
    usage: { prompt_tokens: count, total_tokens: count },
  });
}
