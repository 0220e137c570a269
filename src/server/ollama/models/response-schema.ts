/** What Ollama's routes tell of models. */
import { z } from "zod";

const count = z.int().min(0);
const time = z.iso.datetime();

const detailsSchema = z.strictObject({
  parent_model: z.string(),
  format: z.literal("gguf"),
  family: z.string(),
  families: z.array(z.string()).nullable(),
  parameter_size: z.string(),
  quantization_level: z.string(),
});

const entry = { name: z.string(), model: z.string(), size: count, digest: z.string() };

export const tagsSchema = z.strictObject({
  models: z.array(z.strictObject({ ...entry, modified_at: time, details: detailsSchema })),
});

export const loadedSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      ...entry,
      details: z.union([detailsSchema, z.strictObject({})]).describe("Empty where its file is gone."),
      expires_at: z.string(),
      size_vram: count,
      context_length: count,
    }),
  ),
});

export const shownSchema = z.strictObject({
  license: z.string().optional(),
  modelfile: z.string(),
  parameters: z.string(),
  template: z.string(),
  system: z.string().optional(),
  messages: z.array(z.strictObject({ role: z.string(), content: z.string() })).optional(),
  details: detailsSchema,
  model_info: z.record(z.string(), z.unknown()).describe("The file's metadata."),
  tensors: z
    .array(z.strictObject({ name: z.string(), type: z.string(), shape: z.array(count) }))
    .optional()
    .describe("Where verbose is true."),
  capabilities: z.array(z.enum(["completion", "embedding", "tools", "insert", "thinking"])),
  modified_at: time,
});

export const versionSchema = z.strictObject({ version: z.string() });
