import { z } from "zod";

const count = z.int().min(0);
const statusSchema = z.strictObject({
  value: z.enum(["unloaded", "downloading", "loading", "loaded"]),
  progress: z.looseObject({}).optional(),
});

export const routedModelsSchema = z.strictObject({
  object: z.literal("list"),
  data: z.array(
    z.strictObject({
      id: z.string(),
      aliases: z.array(z.string()),
      object: z.literal("model"),
      created: count,
      owned_by: z.string(),
      status: statusSchema,
      architecture: z.strictObject({
        input_modalities: z.tuple([z.literal("text")]),
        output_modalities: z.tuple([z.literal("text")]),
      }),
      meta: z
        .strictObject({
          n_vocab: count,
          n_ctx: count,
          n_ctx_train: count,
          n_embd: count,
          n_params: count,
          size: count,
        })
        .optional()
        .describe("Where it is loaded."),
    }),
  ),
});

/** What has happened to a model. */
export const modelEventSchema = z.discriminatedUnion("event", [
  z.strictObject({ model: z.literal("*"), event: z.literal("models_reload") }),
  z.strictObject({
    model: z.string(),
    event: z.literal("model_status"),
    data: z.strictObject({
      status: statusSchema.shape.value,
      progress: z.looseObject({}).optional(),
      failed: z.literal(true).optional(),
      reason: z.string().optional(),
    }),
  }),
  z.strictObject({ model: z.string(), event: z.literal("download_progress"), data: z.looseObject({}) }),
]);
