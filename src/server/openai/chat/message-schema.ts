import { z } from "zod";

/** A piece of content; which types a model reads is said when the message is read. */
const part = z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() });
const content = z.union([z.string(), z.array(part)], "It must be a string, or an array of content parts.");
const name = z.string().optional();

const toolCall = z.object({
  id: z.string(),
  type: z.literal("function").default("function"),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
});

/** A message of a conversation, in OpenAI's form. */
export const messageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal(["system", "developer", "user"]), content, name }),
  z.strictObject({
    role: z.literal("assistant"),
    content: content.nullish(),
    name,
    refusal: z.string().nullish(),
    /** What it thought, as this server and others give it. */
    reasoning_content: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
    // What clients send back of an answer that they were given.
    annotations: z.unknown().optional(),
    audio: z.null().optional(),
    function_call: z.null().optional(),
  }),
  z.strictObject({ role: z.literal("tool"), content, tool_call_id: z.string(), name }),
]);

export type OpenAiMessage = z.output<typeof messageSchema>;
export type OpenAiContent = z.output<typeof content>;
