import type { Context } from "hono";
import { z } from "zod";
import { HttpError } from "../http/http-error.js";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel } from "../take-model.js";
import { modelField } from "../model-name.js";

const texts = z.array(z.string()).min(1).max(2048);
export const rerankRequestSchema = z.strictObject({
  model: modelField,
  query: z.string().describe("What the documents are to answer."),
  documents: texts.optional().describe("The documents, as Jina's API has them."),
  texts: texts
    .optional()
    .describe("The documents, as Text Embeddings Inference has them: the answer has its form, too."),
  top_n: z.int().min(1).optional().describe("Only so many of the best."),
  return_text: z.boolean().default(false).describe("Whether each comes with its text; with `texts` only."),
});

/** `POST /rerank`: documents by how well they answer a query, the best first. */
export async function rerank(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, rerankRequestSchema, services.limits);
  const documents = request.texts ?? request.documents;
  if (documents === undefined)
    throw new HttpError("ARGUMENT_INVALID", "documents: They are missing.", { param: "documents" });
  const { name, model, options } = await takeModel(context, services, request.model);
  const { ranked, tokens } = await model.rerankCounted(request.query, documents, options);
  services.meters.count(tokens);
  const best = ranked.slice(0, request.top_n);
  if (request.texts !== undefined) {
    return context.json(
      best.map(({ index, score, document: text }) => ({ index, score, ...(request.return_text ? { text } : {}) })),
    );
  }
  return context.json({
    model: name,
    object: "list",
    usage: { prompt_tokens: tokens, total_tokens: tokens },
    results: best.map(({ index, score }) => ({ index, relevance_score: score })),
  });
}
