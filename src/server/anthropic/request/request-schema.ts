import { z } from "zod";
import { samplingFields } from "../../openai/sampling-fields.js";
import { acceptedFields } from "./accepted-fields.js";
import { contentSchema, systemSchema } from "./content-schema.js";

const notOurs = "Tools that Anthropic defines are not there; only tools of your own, with an input_schema.";

const tool = z.object({
  type: z.literal("custom", notOurs).nullish(),
  name: z.string(),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown(), notOurs),
});

const parallel = { disable_parallel_tool_use: z.boolean().optional() };

const toolChoice = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("auto"), ...parallel }),
  z.strictObject({ type: z.literal("any"), ...parallel }),
  z.strictObject({ type: z.literal("tool"), name: z.string(), ...parallel }),
  z.strictObject({ type: z.literal("none") }),
]);

const display = z.enum(["summarized", "omitted"]).nullish();

const thinking = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("enabled"), budget_tokens: z.int().min(1), display }),
  z.strictObject({ type: z.literal("adaptive"), display }),
  z.strictObject({ type: z.literal("disabled") }),
]);

const outputConfig = z.strictObject({
  effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(),
  format: z.strictObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) }).nullish(),
});

/** What a prompt is made of. */
const promptFields = {
  ...acceptedFields,
  model: z.string().describe("Name of the model."),
  messages: z
    .array(z.strictObject({ role: z.enum(["user", "assistant", "system"]), content: contentSchema }))
    .min(1)
    .describe("The conversation, the oldest first."),
  system: systemSchema.optional().describe("What the system says."),
  tools: z.array(tool).optional().describe("Functions that the model may use."),
  tool_choice: toolChoice.optional().describe("Whether it may, must, or must not use one, and which. Default `auto`."),
  thinking: thinking.optional().describe("Whether a model that can thinks before it answers, and for how many tokens."),
  output_config: outputConfig
    .optional()
    .describe("`effort`, and `format`: JSON of a schema that the answer is held to."),
};

/** The body of `POST /v1/messages/count_tokens`. */
export const countTokensRequestSchema = z.strictObject(promptFields);

/** The body of `POST /v1/messages`. What is not here is refused, with its name. */
export const messagesRequestSchema = z.strictObject({
  ...promptFields,
  max_tokens: z.int().min(1).describe("Most tokens of the answer, with its thoughts."),
  stream: z.boolean().default(false).describe("Whether the answer comes as it is made."),
  stop_sequences: z
    .array(z.string().min(1))
    .max(64)
    .optional()
    .describe("Texts that end the answer, and are not part of it."),
  temperature: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "How much is left to chance; 0 takes the likeliest token. Default: what the model recommends, or else 0.8.",
    ),
  top_p: samplingFields.top_p,
  top_k: z.int().min(0).optional().describe("Only so many of the likeliest tokens. Default 40."),
});

export type MessagesRequest = z.output<typeof messagesRequestSchema>;
export type CountTokensRequest = z.output<typeof countTokensRequestSchema>;
