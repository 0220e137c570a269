import { z } from "zod";

const part = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.enum(["input_text", "output_text", "text"]), text: z.string() }),
    z.object({ type: z.literal("refusal"), refusal: z.string() }),
  ],
  "Models here read text only: it must be input_text or output_text.",
);

const content = z.union([z.string(), z.array(part)], "It must be a string, or an array of content parts.");
const texts = z.array(z.object({ text: z.string() }));

const item = z.discriminatedUnion(
  "type",
  [
    z.object({
      /** Messages may leave it out. */
      type: z.literal("message").optional(),
      role: z.enum(["system", "developer", "user", "assistant"]),
      content,
    }),
    z.object({
      type: z.literal("function_call"),
      call_id: z.string(),
      name: z.string().min(1),
      arguments: z.string(),
    }),
    z.object({ type: z.literal("function_call_output"), call_id: z.string(), output: content }),
    z.object({ type: z.literal("reasoning"), summary: texts.nullish(), content: texts.nullish() }),
  ],
  "It must be message, function_call, function_call_output or reasoning: others are not supported, and none are stored.",
);

/** What a response answers: what a user says, or all that was said. */
export const inputSchema = z.union([z.string(), z.array(item).min(1)], "It must be a string, or an array of items.");

export type InputItem = z.output<typeof item>;
export type InputContent = z.output<typeof content>;
