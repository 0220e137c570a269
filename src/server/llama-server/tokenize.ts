import type { Context } from "hono";
import { z } from "zod";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel } from "../take-model.js";
import { modelField } from "../model-name.js";

const mixed = z.array(z.union([z.string(), z.int().min(0)]));

export const tokenizeRequestSchema = z.strictObject({
  model: modelField,
  content: z
    .union([z.string(), mixed], "It must be a text, or an array of texts and tokens.")
    .describe("A text, or texts among tokens."),
  add_special: z
    .boolean()
    .default(false)
    .describe("Whether what the model wants at the beginning is added, such as BOS. Default false."),
  parse_special: z
    .boolean()
    .default(true)
    .describe("Whether special tokens in the text are read as such. Default true."),
  with_pieces: z.boolean().default(false).describe("Whether each token comes with its text. Default false."),
});

/** `POST /tokenize`. */
export async function tokenize(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, tokenizeRequestSchema, services.limits);
  const { model } = await takeModel(context, services, request.model);
  const parts = typeof request.content === "string" ? [request.content] : request.content;
  const read = await Promise.all(
    parts.map(async (part, index) => {
      if (typeof part === "number") return [part];
      const addSpecial = request.add_special && index === 0;
      return [...(await model.tokenize(part, { addSpecial, parseSpecial: request.parse_special }))];
    }),
  );
  const tokens = read.flat();
  if (!request.with_pieces) return context.json({ tokens });
  const pieces = await model.pieces(tokens);
  return context.json({ tokens: tokens.map((id, index) => ({ id, piece: pieceOf(pieces[index]) })) });
}

/** A text, or the bytes of what is only a part of a character. */
function pieceOf(bytes: Uint8Array = new Uint8Array()): string | number[] {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [...bytes];
  }
}

export const detokenizeRequestSchema = z.strictObject({
  model: modelField,
  tokens: z.array(z.int().min(0)).describe("Numbers of tokens."),
});

/** `POST /detokenize`. */
export async function detokenize(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, detokenizeRequestSchema, services.limits);
  const { model } = await takeModel(context, services, request.model);
  return context.json({ content: await model.detokenize(request.tokens, { renderSpecial: true }) });
}
