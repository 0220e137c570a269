import { z } from "zod";
import { failureSchema } from "../answer/response-schema.js";

/** How far something has come. */
const progressSchema = z.strictObject({
  status: z.string(),
  digest: z.string().optional().describe("Of the file that is worked on, where it is known: sha256:…"),
  total: z.int().min(0).optional().describe("Bytes."),
  completed: z.int().min(0).optional().describe("Bytes."),
});

export const progressLineSchema = z.union([progressSchema, failureSchema]);
export const doneSchema = z.strictObject({ status: z.literal("success") });

/** How far something has come, in Ollama's words. */
export type Progress = Readonly<z.output<typeof progressSchema>>;
