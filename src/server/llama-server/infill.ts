import type { Context } from "hono";
import { z } from "zod";
import type { LoadedModel } from "../../mullama.js";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel } from "../take-model.js";
import { answerPrompts } from "./completion/answer-prompts.js";
import { completionFields } from "./completion/request-schema.js";

export const infillRequestSchema = z.strictObject({
  ...completionFields,
  input_prefix: z.string().describe("What comes before the gap."),
  input_suffix: z.string().describe("What comes after it."),
  input_extra: z
    .array(z.object({ filename: z.string().optional(), text: z.string() }))
    .default([])
    .describe("Other files that are of use."),
  prompt: z.string().default("").describe("How what is filled in begins."),
});

type InfillRequest = z.output<typeof infillRequestSchema>;

/** `POST /infill`: what stands between two texts. */
export async function infill(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, infillRequestSchema, services.limits);
  const taken = await takeModel(context, services, request.model);
  return answerPrompts(context, services, taken, request, [await promptOf(taken.model, request)]);
}

/** Other files first, each with its name where the model knows of files; then what is around the gap. */
async function promptOf(model: LoadedModel, request: InfillRequest): Promise<Int32Array> {
  const { input_prefix: prefix, input_suffix: suffix, input_extra: extra, prompt } = request;
  const { infill: tokens, addBos, bos } = model.info.specialTokens;
  const around = await model.infillPrompt(prefix, suffix);
  const start = addBos && bos !== undefined ? 1 : 0;
  const read = async (text: string): Promise<number[]> => [...(await model.tokenize(text, { addSpecial: false }))];
  const before: number[] = [];
  const { repository, separator } = tokens ?? {};
  const knowsFiles = extra.length > 0 && repository !== undefined && separator !== undefined;
  if (knowsFiles) before.push(repository, ...(await read("myproject\n")));
  for (const { filename = "tmp", text } of extra) {
    if (knowsFiles) before.push(separator, ...(await read(`${filename}\n`)));
    before.push(...(await read(text)));
  }
  if (knowsFiles) before.push(separator, ...(await read("filename\n")));
  return Int32Array.from([...around.slice(0, start), ...before, ...around.slice(start), ...(await read(prompt))]);
}
