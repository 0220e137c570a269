import { z } from "zod";
import { acceptedFields } from "../accepted-fields.js";
import { samplingFields } from "../sampling-fields.js";
import { streamOptions } from "../stream-options.js";
import { textInput } from "../text-input.js";
import { modelField } from "../../model-name.js";

/** The body of `POST /v1/completions`. */
export const completionRequestSchema = z.strictObject({
  ...acceptedFields,
  ...samplingFields,
  model: modelField,
  prompt: textInput.describe("A text, its tokens, or several of either."),
  suffix: z
    .string()
    .optional()
    .describe("What follows the gap that is to be filled; for models that were made for it."),
  max_tokens: z.int().min(0).optional().describe("Default 16, as OpenAI has it."),
  stream: z.boolean().default(false).describe("Whether the answer comes as it is made."),
  stream_options: streamOptions.describe("`include_usage` adds the counts of tokens to the last event."),
  stop: z
    .union([z.string(), z.array(z.string()).max(64)])
    .optional()
    .describe("Texts that end the answer, and are not part of it."),
  n: z.int().min(1).max(128).default(1).describe("How many answers to each prompt. Default 1."),
  best_of: z.int().min(1).max(128).optional().describe("So many are made, and the likeliest `n` given."),
  logprobs: z.int().min(0).max(20).optional().describe("How many of the likeliest tokens are given at each place."),
  echo: z.boolean().default(false).describe("Whether the prompt comes before the answer. Default false."),
  grammar: z.string().optional().describe("A grammar in GBNF that the answer is held to."),
});

export type CompletionRequest = z.output<typeof completionRequestSchema>;
