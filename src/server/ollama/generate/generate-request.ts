import { z } from "zod";
import { answerFields } from "../answer/answer-fields.js";
import { images } from "../chat/images.js";
import { modelFields } from "../model-name.js";

/** The body of `POST /api/generate`. What is not here is refused, with its name. */
export const generateRequestSchema = z.strictObject({
  ...modelFields,
  ...answerFields,
  prompt: z.string().default(""),
  suffix: z.string().optional(),
  system: z.string().optional(),
  // Four times the longest that we know.
  template: z
    .string()
    .max(2 ** 16, "A template has at most 65536 characters.")
    .optional(),
  raw: z.boolean().default(false),
  context: z.array(z.int().min(0)).optional(),
  images: images.optional(),
});

export type GenerateRequest = z.output<typeof generateRequestSchema>;
