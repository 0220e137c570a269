import { z } from "zod";
import { acceptedFields } from "../accepted-fields.js";
import { samplingFields } from "../sampling-fields.js";
import { inputSchema } from "./input-schema.js";
import { modelField } from "../../model-name.js";

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
  model: modelField,
  input: inputSchema.describe("A text, or the items of the conversation."),
  instructions: z.string().optional().describe("What the system says, before everything else."),
  stream: z.boolean().default(false).describe("Whether the answer comes as it is made."),
  stream_options: z
    .strictObject({ include_obfuscation: z.boolean().optional() })
    .optional()
    .describe("`include_obfuscation` is taken, and not used."),
  max_output_tokens: z
    .int()
    .min(1)
    .optional()
    .describe("Most tokens of the answer, with its thoughts. Default: until the context is full."),
  temperature: samplingFields.temperature,
  top_p: samplingFields.top_p,
  tools: z.array(tool).optional().describe("Functions that the model may call."),
  tool_choice: toolChoiceSchema
    .optional()
    .describe("Whether it may, must, or must not call one, and which. Default `auto`."),
  parallel_tool_calls: z.boolean().optional().describe("Whether it may call several at once. Default true."),
  text: z
    .strictObject({ format: formatSchema.optional() })
    .optional()
    .describe("`format`: any text, any JSON object, or JSON of a schema."),
  reasoning: reasoning.optional().describe("`effort`: how long a model that thinks may think."),
  include: z
    .array(z.literal("reasoning.encrypted_content", "There is nothing of the kind to include."))
    .optional()
    .describe("Thoughts are given in words, never encrypted."),
  truncation: z
    .literal("disabled", "A prompt is never cut here: it must be disabled.")
    .optional()
    .describe("A prompt is never cut here."),
  background: z.literal(false, "It must be false.").optional().describe("Answers are not made in the background."),
  previous_response_id: stateless.describe("Nothing is stored: it must be left out."),
  conversation: stateless.describe("Nothing is stored: it must be left out."),
});

export type ResponsesRequest = z.output<typeof responsesRequestSchema>;
