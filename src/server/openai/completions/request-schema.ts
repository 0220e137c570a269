import { z } from "zod";
import { acceptedFields } from "../accepted-fields.js";
import { samplingFields } from "../sampling-fields.js";
import { textInput } from "../text-input.js";

/** The body of `POST /v1/completions`. */
export const completionRequestSchema = z.strictObject({
  ...acceptedFields,
  ...samplingFields,
  /** Left out, or empty: the only one that there is. */
  model: z.string().optional(),
  prompt: textInput,
  suffix: z.string().optional(),
  max_tokens: z.int().min(0).optional().describe("Default 16, as OpenAI has it."),
  stream: z.boolean().default(false),
  stream_options: z
    .strictObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .optional(),
  stop: z.union([z.string(), z.array(z.string()).max(64)]).optional(),
  n: z.int().min(1).max(128).default(1),
  best_of: z.int().min(1).max(128).optional(),
  logprobs: z.int().min(0).max(20).optional(),
  echo: z.boolean().default(false),
  grammar: z.string().optional(),
});

export type CompletionRequest = z.output<typeof completionRequestSchema>;
