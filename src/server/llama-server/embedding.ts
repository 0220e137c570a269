import type { Context } from "hono";
import { z } from "zod";
import { definedOf } from "../../engine/defined-of.js";
import { base64Of } from "../http/base64-floats.js";
import { HttpError } from "../http/http-error.js";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel } from "../take-model.js";
import { promptSchema, promptsOf, promptTokens } from "./completion/prompt.js";
import { modelField } from "../model-name.js";

export const embeddingRequestSchema = z.strictObject({
  model: modelField,
  input: promptSchema.optional().describe("One or several texts or lists of tokens."),
  content: promptSchema.optional().describe("Older name of `input`."),
  embd_normalize: z
    .int()
    .min(-1)
    .max(64)
    .default(2)
    .describe(
      "-1: as it is; 0: the greatest number is 1; 1: the sum is; 2: the length is, which is the default; more: another norm.",
    ),
  pooling: z
    .enum(["model", "mean", "cls", "last", "none"])
    .default("model")
    .describe("How the vectors of tokens become one; `none` gives all of them. Default `model`: as it was trained."),
  encoding_format: z
    .enum(["float", "base64"])
    .default("float")
    .describe("Numbers, or their bytes (float32, little-endian) in base64. Default `float`."),
});

/** `POST /embedding` and `/embeddings`: vectors in llama-server's own shape, one for each token where they are not pooled. */
export async function embedding(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, embeddingRequestSchema, services.limits);
  const { pooling, embd_normalize: norm, encoding_format: format, input = request.content } = request;
  if (input === undefined) throw new HttpError("ARGUMENT_INVALID", "input: It is missing.", { param: "input" });
  const { model, options } = await takeModel(context, services, request.model);
  const inputs = await Promise.all(promptsOf(input).map((parts) => promptTokens(model, parts)));
  const { embeddings: vectors, tokens } = await model.embedCounted(inputs, {
    ...options,
    normalize: false,
    ...definedOf({ pooling: pooling === "model" ? undefined : pooling }),
  });
  services.meters.count(tokens);
  const size = model.info.embeddingSize;
  const write = (vector: Float32Array): unknown => (format === "base64" ? base64Of(vector) : Array.from(vector));
  return context.json(
    vectors.map((vector, index) => ({
      index,
      // What is not pooled is not scaled either.
      embedding: pooling === "none" ? rowsOf(vector, size).map(write) : [write(scaled(vector, norm))],
    })),
  );
}

function rowsOf(vectors: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: vectors.length / size }, (_, row) => vectors.subarray(row * size, (row + 1) * size));
}

function scaled(vector: Float32Array, norm: number): Float32Array {
  const length = lengthOf(vector, norm);
  return length === 0 ? vector : vector.map((value) => value / length);
}

function lengthOf(vector: Float32Array, norm: number): number {
  if (norm < 0) return 1;
  if (norm === 0) return vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return vector.reduce((sum, value) => sum + Math.abs(value) ** norm, 0) ** (1 / norm);
}
