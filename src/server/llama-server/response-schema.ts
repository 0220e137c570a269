/** What llama-server's shorter routes answer with. */
import { z } from "zod";
import { settingsSchema } from "./completion/response-schema.js";

const count = z.int().min(0);

export const tokensSchema = z.strictObject({
  tokens: z.union([
    z.array(count),
    z.array(
      z.strictObject({
        id: count,
        piece: z
          .union([z.string(), z.array(z.int().min(0).max(255))])
          .describe("A text, or the bytes of what is only a part of a character."),
      }),
    ),
  ]),
});

export const contentSchema = z.strictObject({ content: z.string() });
export const promptTextSchema = z.strictObject({ prompt: z.string() });

export const embeddingsSchema = z.array(
  z.strictObject({
    index: count,
    embedding: z
      .array(z.union([z.array(z.number()), z.base64()]))
      .describe("One vector, or with the pooling none one for each token."),
  }),
);

export const rankedSchema = z.union([
  z.strictObject({
    model: z.string(),
    object: z.literal("list"),
    usage: z.strictObject({ prompt_tokens: count, total_tokens: count }),
    results: z.array(z.strictObject({ index: count, relevance_score: z.number() })),
  }),
  z
    .array(z.strictObject({ index: count, score: z.number(), text: z.string().optional() }))
    .describe("Where the request has texts."),
]);

export const controlledSchema = z.strictObject({ success: z.boolean(), message: z.string().optional() });
export const successSchema = z.strictObject({ success: z.literal(true) });

export const propsSchema = z.strictObject({
  default_generation_settings: z.strictObject({
    id: z.int(),
    id_task: z.int(),
    n_ctx: count,
    speculative: z.boolean(),
    is_processing: z.boolean(),
    params: settingsSchema,
  }),
  total_slots: count,
  model_alias: z.string(),
  model_path: z.string().describe("Without its folder."),
  chat_template: z.string(),
  chat_template_caps: z.record(z.string(), z.boolean()),
  modalities: z.strictObject({ vision: z.literal(false), audio: z.literal(false) }),
  bos_token: z.string(),
  eos_token: z.string(),
  build_info: z.string(),
  is_sleeping: z.literal(false),
});

export const slotsSchema = z.array(
  z.strictObject({
    id: count,
    id_task: z.int(),
    n_ctx: count,
    speculative: z.boolean(),
    is_processing: z.boolean(),
    n_tokens: count,
    params: z.union([settingsSchema, z.strictObject({})]).describe("Empty where it was not used yet."),
    next_token: z.strictObject({ has_next_token: z.boolean(), n_decoded: count }),
  }),
);

const slot = { id_slot: count };
const file = { ...slot, filename: z.string() };

export const slotResultSchema = z.union([
  z.strictObject({
    ...file,
    n_saved: count,
    n_written: count,
    timings: z.strictObject({ save_ms: z.number() }),
  }),
  z.strictObject({
    ...file,
    n_restored: count,
    n_read: count,
    timings: z.strictObject({ restore_ms: z.number() }),
  }),
  z.strictObject({ ...slot, n_erased: count }),
]);

export const loraListSchema = z.array(z.strictObject({ id: count, path: z.string(), scale: z.number() }));
