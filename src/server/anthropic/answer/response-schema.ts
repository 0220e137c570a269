/** What Anthropic's routes answer with. */
import { z } from "zod";

const count = z.int().min(0);

export const failureSchema = z.strictObject({
  type: z.literal("error"),
  error: z.strictObject({ type: z.string(), message: z.string() }),
  request_id: z.string(),
});

const usageSchema = z.strictObject({
  input_tokens: count.describe("Without those that were in the cache."),
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  output_tokens: count,
});

/** A block of an answer. */
const blockSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string(), citations: z.null() }),
  z.strictObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string() }),
  z.strictObject({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.unknown() }),
]);

const deltaSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text_delta"), text: z.string() }),
  z.strictObject({ type: z.literal("thinking_delta"), thinking: z.string() }),
  z.strictObject({ type: z.literal("signature_delta"), signature: z.string() }),
  z.strictObject({ type: z.literal("input_json_delta"), partial_json: z.string() }),
]);

/** Why an answer ended. */
const stop = {
  stop_reason: z.enum(["end_turn", "max_tokens", "model_context_window_exceeded", "stop_sequence", "tool_use"]),
  stop_sequence: z.string().nullable(),
};
const stopSchema = z.strictObject(stop);

/** The body of a whole answer. */
export const messageSchema = z.strictObject({
  id: z.string(),
  type: z.literal("message"),
  role: z.literal("assistant"),
  model: z.string(),
  content: z.array(blockSchema),
  ...stop,
  usage: usageSchema,
});

const blockStart = z.strictObject({
  type: z.literal("content_block_start"),
  index: count,
  content_block: blockSchema,
});
const blockDelta = z.strictObject({ type: z.literal("content_block_delta"), index: count, delta: deltaSchema });
const blockStop = z.strictObject({ type: z.literal("content_block_stop"), index: count });
const messageDelta = z.strictObject({ type: z.literal("message_delta"), delta: stopSchema, usage: usageSchema });

/** An event of an answer as it comes. */
export const messageEventSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("message_start"),
    message: messageSchema.extend({ stop_reason: z.null(), stop_sequence: z.null() }),
  }),
  z.strictObject({ type: z.literal("ping") }),
  blockStart,
  blockDelta,
  blockStop,
  messageDelta,
  z.strictObject({ type: z.literal("message_stop") }),
  failureSchema,
]);

export const tokenCountSchema = z.strictObject({ input_tokens: count });

export const modelSchema = z.strictObject({
  type: z.literal("model"),
  id: z.string(),
  display_name: z.string(),
  created_at: z.iso.datetime(),
});

export const modelListSchema = z.strictObject({
  data: z.array(modelSchema),
  has_more: z.literal(false),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
});

export type AnswerBlock = z.output<typeof blockSchema>;
export type BlockDelta = z.output<typeof deltaSchema>;
export type Stop = z.output<typeof stopSchema>;
export type MessageUsage = z.output<typeof usageSchema>;

/** An answer's content as it comes, one block after another. */
export type ContentEvent = z.output<typeof blockStart> | z.output<typeof blockDelta> | z.output<typeof blockStop>;

/** Its content, and at last how it ended. */
export type AnswerEvent = ContentEvent | z.output<typeof messageDelta>;
