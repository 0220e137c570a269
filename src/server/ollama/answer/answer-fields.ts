import { z } from "zod";

const schema = z.record(z.string(), z.unknown());

/** What a request may say of the answer that it wants, for a prompt and for a conversation. */
export const answerFields = {
  stream: z.boolean().default(true),
  /** Clients write "" for what they leave out. */
  format: z.union([z.literal("json"), z.literal(""), schema], 'It must be "json" or a JSON schema.').optional(),
  options: z.record(z.string(), z.unknown()).default({}),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  think: z.union([z.boolean(), z.enum(["low", "medium", "high", "max"])]).optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().min(0).max(20).optional(),
  truncate: z.literal(false, "Prompts are never cut here: it must be false.").optional(),
  _debug_render_only: z.literal(false, "Prompts are not shown: it must be false.").optional(),
  /** Whether the oldest tokens are forgotten when the context is full. */
  shift: z.boolean().optional(),
};

export type AnswerFields = z.output<z.ZodObject<typeof answerFields>>;
