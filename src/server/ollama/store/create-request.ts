import { z } from "zod";
import { emptyText, modelFields } from "../model-name.js";

const files = z.record(z.string().min(1), z.string()).default({});

/** The body of `POST /api/create`. What is not here is refused, with its name. */
export const createRequestSchema = z.strictObject({
  ...modelFields,
  /** A model of the store, or one that can be fetched. */
  from: z.string().default(""),
  /** Names of files, and the digests of what was posted to `/api/blobs`. */
  files,
  adapters: files,
  template: z.string().default(""),
  license: z.union([z.string(), z.array(z.string())]).default([]),
  system: z.string().default(""),
  parameters: z.record(z.string(), z.unknown()).default({}),
  messages: z.array(z.strictObject({ role: z.string().min(1), content: z.string() })).default([]),
  stream: z.boolean().default(true),
  /** What to quantize the weights to, such as `q4_K_M`. */
  quantize: z.string().default(""),
  /** An older name of `quantize`. */
  quantization: z.string().default(""),
  modelfile: emptyText("Read the Modelfile where it is, and send what it says: from, system, parameters…"),
  path: emptyText("Files of the server's machine cannot be named: post them to /api/blobs/:digest."),
});

export type CreateRequest = z.output<typeof createRequestSchema>;
