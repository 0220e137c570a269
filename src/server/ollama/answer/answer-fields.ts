import { z } from "zod";

const schema = z.record(z.string(), z.unknown());

/** What a request may say of the answer that it wants, for a prompt and for a conversation. */
export const answerFields = {
  stream: z
    .boolean()
    .default(true)
    .describe("Whether the answer comes as it is made, a line of JSON for each piece. Default true."),
  format: z
    .union([z.literal("json"), z.literal(""), schema], 'It must be "json" or a JSON schema.')
    .optional()
    .describe("`json`, or a JSON schema that the answer is held to."),
  options: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Of the model and of sampling, by the names that Ollama gives them."),
  keep_alive: z
    .union([z.string(), z.number()])
    .optional()
    .describe("How long the model stays loaded: seconds, or such as `5m`; negative for always, 0 for no longer."),
  think: z
    .union([z.boolean(), z.enum(["low", "medium", "high", "max"])])
    .optional()
    .describe("Whether a model that can thinks before it answers, or how much."),
  logprobs: z.boolean().optional().describe("Whether the log-probability of each token is given."),
  top_logprobs: z.int().min(0).max(20).optional().describe("How many of the likeliest tokens are given at each place."),
  truncate: z
    .literal(false, "Prompts are never cut here: it must be false.")
    .optional()
    .describe("Prompts are never cut here."),
  _debug_render_only: z
    .literal(false, "Prompts are not shown: it must be false.")
    .optional()
    .describe("Prompts are not shown."),
  shift: z.boolean().optional().describe("Whether the oldest tokens are forgotten when the context is full."),
};

export type AnswerFields = z.output<z.ZodObject<typeof answerFields>>;
