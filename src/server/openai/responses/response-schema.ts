import { z } from "zod";
import { formatSchema, toolChoiceSchema } from "./request-schema.js";

const count = z.int().min(0);
const status = z.enum(["in_progress", "completed", "incomplete"]);
const textPart = z.strictObject({
  type: z.literal("output_text"),
  text: z.string(),
  annotations: z.tuple([]),
  logprobs: z.tuple([]),
});
const reasoningPart = z.strictObject({ type: z.literal("reasoning_text"), text: z.string() });

const itemSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("message"),
    id: z.string(),
    status,
    role: z.literal("assistant"),
    content: z.array(textPart),
  }),
  z.strictObject({
    type: z.literal("reasoning"),
    id: z.string(),
    status,
    summary: z.tuple([]),
    content: z.array(reasoningPart).describe("What it thought, as it is."),
  }),
  z.strictObject({
    type: z.literal("function_call"),
    id: z.string(),
    status,
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
]);

/** The body of a whole answer. */
export const responseSchema = z.strictObject({
  id: z.string(),
  object: z.literal("response"),
  created_at: count,
  status: z.enum(["in_progress", "completed", "incomplete", "failed"]),
  background: z.literal(false),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.strictObject({ reason: z.literal("max_output_tokens") }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: count.nullable(),
  metadata: z.record(z.string(), z.unknown()),
  model: z.string(),
  output: z.array(itemSchema),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.null(),
  reasoning: z.strictObject({ effort: z.string().nullable(), summary: z.string().nullable() }),
  store: z.literal(false),
  temperature: z.number().nullable(),
  text: z.strictObject({ format: formatSchema }),
  tool_choice: toolChoiceSchema,
  tools: z.array(
    z.strictObject({
      type: z.literal("function"),
      name: z.string(),
      description: z.string().nullish(),
      parameters: z.record(z.string(), z.unknown()).nullable(),
      strict: z.boolean(),
    }),
  ),
  top_p: z.number().nullable(),
  truncation: z.literal("disabled"),
  usage: z
    .strictObject({
      input_tokens: count,
      input_tokens_details: z.strictObject({ cached_tokens: count }),
      output_tokens: count,
      output_tokens_details: z.strictObject({ reasoning_tokens: count }),
      total_tokens: count,
    })
    .nullable(),
});

const number = { sequence_number: count };
const place = { ...number, item_id: z.string(), output_index: count };
const part = { ...place, content_index: count };

/** An event of an answer as it comes. */
export const responseEventSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.enum(["created", "in_progress", "completed", "incomplete", "failed"].map((name) => `response.${name}`)),
    ...number,
    response: responseSchema,
  }),
  z.strictObject({
    type: z.enum(["response.output_item.added", "response.output_item.done"]),
    ...number,
    output_index: count,
    item: itemSchema,
  }),
  z.strictObject({
    type: z.enum(["response.content_part.added", "response.content_part.done"]),
    ...part,
    part: z.discriminatedUnion("type", [textPart, reasoningPart]),
  }),
  z.strictObject({
    type: z.literal("response.output_text.delta"),
    ...part,
    delta: z.string(),
    logprobs: z.tuple([]),
  }),
  z.strictObject({ type: z.literal("response.output_text.done"), ...part, text: z.string(), logprobs: z.tuple([]) }),
  z.strictObject({ type: z.literal("response.reasoning_text.delta"), ...part, delta: z.string() }),
  z.strictObject({ type: z.literal("response.reasoning_text.done"), ...part, text: z.string() }),
  z.strictObject({ type: z.literal("response.function_call_arguments.delta"), ...place, delta: z.string() }),
  z.strictObject({
    type: z.literal("response.function_call_arguments.done"),
    ...place,
    name: z.string(),
    arguments: z.string(),
  }),
]);

export const inputTokensSchema = z.strictObject({
  object: z.literal("response.input_tokens"),
  input_tokens: count,
});
