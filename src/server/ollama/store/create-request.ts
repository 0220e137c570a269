import { z } from "zod";
import { emptyText, modelFields } from "../model-name.js";
import { templateField } from "../template-field.js";

const files = z.record(z.string().min(1), z.string()).default({});

/** The body of `POST /api/create`. What is not here is refused, with its name. */
export const createRequestSchema = z.strictObject({
  ...modelFields,
  from: z.string().default("").describe("A model of the store, or one that can be fetched."),
  files: files.describe("Names of files, and the digests of what was posted to `/api/blobs`."),
  adapters: files.describe("Likewise for LoRA adapters."),
  template: templateField.default("").describe("The chat template: Jinja, or Go's where it can be converted."),
  license: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .describe("One or several, in words."),
  system: z.string().default("").describe("The system message."),
  parameters: z.record(z.string(), z.unknown()).default({}).describe("Such as `temperature`, `num_ctx` and `stop`."),
  messages: z
    .array(z.strictObject({ role: z.string().min(1), content: z.string() }))
    .default([])
    .describe("What a conversation begins with."),
  stream: z.boolean().default(true).describe("Whether progress comes as lines of JSON. Default true."),
  quantize: z.string().default("").describe("What to quantize the weights to, such as `q4_K_M`."),
  quantization: z.string().default("").describe("Older name of `quantize`."),
  modelfile: emptyText("Read the Modelfile where it is, and send what it says: from, system, parameters…").describe(
    "Must be empty: send what it says.",
  ),
  path: emptyText("Files of the server's machine cannot be named: post them to /api/blobs/:digest.").describe(
    "Must be empty: post files to `/api/blobs`.",
  ),
});

export type CreateRequest = z.output<typeof createRequestSchema>;
