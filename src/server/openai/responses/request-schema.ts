import { z } from "zod";
import { acceptedFields } from "../accepted-fields.js";
import { inputSchema } from "./input-schema.js";

const schema = z.record(z.string(), z.unknown());

const tool = z.object({
  type: z.literal("function", "Tools that OpenAI runs are not there; only functions."),
  name: z.string(),
  description: z.string().nullish(),
  parameters: schema.nullish(),
  /** Arguments are always held to their schema. */
  strict: z.boolean().nullish(),
});

export const formatSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    name: z.string().optional(),
    description: z.string().nullish(),
    schema,
    strict: z.boolean().nullish(),
  }),
]);

export const toolChoiceSchema = z.union([
  z.enum(["none", "auto", "required"]),
  z.strictObject({ type: z.literal("function"), name: z.string() }),
]);

const reasoning = z.strictObject({
  effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
  /** Thoughts are given as they are. */
  summary: z.enum(["auto", "concise", "detailed"]).nullish(),
});

const stateless = z.never("This server stores nothing: send the whole conversation as input.").optional();

/** The body of `POST /v1/responses`. What is not here is refused, with its name. */
export const responsesRequestSchema = z.strictObject({
  ...acceptedFields,
  /** Left out, or empty: the only one that there is. */
  model: z.string().optional(),
  input: inputSchema,
  instructions: z.string().optional(),
  stream: z.boolean().default(false),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).optional(),
  max_output_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(100).optional(),
  top_p: z.number().min(0).max(1).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoiceSchema.optional(),
  parallel_tool_calls: z.boolean().optional(),
  text: z.strictObject({ format: formatSchema.optional() }).optional(),
  reasoning: reasoning.optional(),
  /** Thoughts are given in words, never encrypted. */
  include: z.array(z.literal("reasoning.encrypted_content", "There is nothing of the kind to include.")).optional(),
  truncation: z.literal("disabled", "A prompt is never cut here: it must be disabled.").optional(),
  background: z.literal(false, "It must be false.").optional(),
  previous_response_id: stateless,
  conversation: stateless,
});

export type ResponsesRequest = z.output<typeof responsesRequestSchema>;
