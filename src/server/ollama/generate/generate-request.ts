import { z } from "zod";
import { answerFields } from "../answer/answer-fields.js";
import { images } from "../chat/images.js";
import { modelFields } from "../model-name.js";
import { templateField } from "../template-field.js";

/** The body of `POST /api/generate`. What is not here is refused, with its name. */
export const generateRequestSchema = z.strictObject({
  ...modelFields,
  ...answerFields,
  prompt: z.string().default("").describe("What the model answers."),
  suffix: z
    .string()
    .optional()
    .describe("What follows the gap that is to be filled; for models that were made for it."),
  system: z.string().optional().describe("In the place of the model's own system message."),
  template: templateField
    .optional()
    .describe("In the place of the model's own template: Go's, where it can be converted."),
  raw: z.boolean().default(false).describe("Whether the prompt is given to the model as it is. Default false."),
  context: z
    .array(z.int().min(0))
    .optional()
    .describe("What an answer before gave as its `context`: goes on from there."),
  images: images.optional().describe("Models here read text only."),
});

export type GenerateRequest = z.output<typeof generateRequestSchema>;
