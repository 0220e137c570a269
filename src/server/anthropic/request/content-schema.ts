import { z } from "zod";

const text = z.object({ type: z.literal("text"), text: z.string() });

const documentSource = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("text"), data: z.string() }),
    z.object({ type: z.literal("content"), content: z.union([z.string(), z.array(text)]) }),
  ],
  "Models here read text only: it must be a document of the source text or content.",
);

const document = z.object({
  type: z.literal("document"),
  source: documentSource,
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.object({ enabled: z.literal(false, "Citations are not made.").optional() }).nullish(),
});

/** What nothing is known of: what Anthropic's own tools leave in a conversation, and images. */
function unsupported(issue: { readonly input?: unknown }): string {
  const { type } = (issue.input ?? {}) as { readonly type?: unknown };
  return typeof type === "string"
    ? `Blocks of the type ${JSON.stringify(type)} are not supported: models here read text only.`
    : "It must be a content block with a type.";
}

const toolResult = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z
    .union([z.string(), z.array(z.discriminatedUnion("type", [text, document], { error: unsupported }))])
    .nullish(),
  is_error: z.boolean().nullish(),
});

const block = z.discriminatedUnion(
  "type",
  [
    text,
    document,
    toolResult,
    z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string().min(1), input: z.unknown() }),
    z.object({ type: z.literal("thinking"), thinking: z.string() }),
    z.object({ type: z.literal("redacted_thinking") }),
  ],
  { error: unsupported },
);

/** What a message says: a text, or blocks. */
export const contentSchema = z.union([z.string(), z.array(block)], "It must be a string, or an array of blocks.");

/** What the system message says. */
export const systemSchema = z.union([z.string(), z.array(text)], "It must be a string, or an array of text blocks.");

export type ContentBlock = z.output<typeof block>;
export type TextBlock = z.output<typeof text>;
export type DocumentBlock = z.output<typeof document>;
