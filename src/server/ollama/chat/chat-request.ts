import { z } from "zod";
import { answerFields } from "../answer/answer-fields.js";
import { modelFields } from "../model-name.js";
import { images } from "./images.js";

const toolCall = z.object({
  id: z.string().nullish(),
  function: z.object({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).nullish() }),
});

const message = z.strictObject({
  role: z.string().min(1),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images: images.nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
  name: z.string().nullish(),
});

const tool = z.object({
  type: z.literal("function").default("function"),
  function: z.object({
    name: z.string(),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** The body of `POST /api/chat`. What is not here is refused, with its name. */
export const chatRequestSchema = z.strictObject({
  ...modelFields,
  ...answerFields,
  messages: z.array(message).default([]).describe("The conversation, the oldest first."),
  tools: z.array(tool).default([]).describe("Functions that the model may call."),
});

export type ChatRequest = z.output<typeof chatRequestSchema>;
export type OllamaMessage = ChatRequest["messages"][number];
