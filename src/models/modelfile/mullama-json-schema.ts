/** What a `mullama.json` may say. Imported when one is read, since zod takes a while to load. */
import { z } from "zod";
import { samplerNames } from "../../engine/sampling/sampling-options.js";

const MOST = 2 ** 31 - 1;
const path = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[^\0\n\r]*$/, "must be one line");
const count = z.int().min(0).max(MOST);
const positive = z.int().min(1).max(MOST);
const share = z.number().min(0).max(1);
const wide = z.number().min(0).max(1e6);
const signed = z.number().min(-1e6).max(1e6);

const sampling = {
  temperature: wide,
  dynamicTemperature: z.strictObject({ range: wide, exponent: wide.optional() }),
  topK: count,
  topP: share,
  minP: share,
  typicalP: share,
  topNSigma: wide,
  xtc: z.strictObject({ probability: share, threshold: share.optional() }),
  mirostat: z.strictObject({
    version: z.union([z.literal(1), z.literal(2)]),
    tau: z.number().optional(),
    eta: z.number().optional(),
  }),
  adaptiveP: z.strictObject({ target: z.number(), decay: z.number().optional() }),
  repeatPenalty: z.number().min(1e-6).max(1e6),
  frequencyPenalty: signed,
  presencePenalty: signed,
  penaltyLastTokens: z
    .int()
    .min(0)
    .max(2 ** 24),
  dry: z.strictObject({
    multiplier: z.number(),
    base: z.number().optional(),
    allowedLength: z.int().optional(),
    lastTokens: z.int().optional(),
    sequenceBreakers: z.array(z.string()).optional(),
  }),
  infill: z.boolean(),
  logitBias: z.record(z.string().regex(/^\d{1,9}$/, "must be a token's number"), z.number()),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 2),
  samplers: z.array(z.enum(samplerNames)),
  minTokens: count,
  ignoreEos: z.boolean(),
  logprobs: z.int().min(0).max(256),
};

const defaults = z
  .strictObject({
    ...sampling,
    addSpecial: z.boolean(),
    parseSpecial: z.boolean(),
    maxTokens: count,
    stop: z.array(z.string().min(1)),
    stopTokens: z.array(count),
    renderSpecial: z.boolean(),
    echo: z.boolean(),
    overflow: z.enum(["stop", "error", "shift"]),
    keepTokens: count,
    reuse: z.boolean(),
    speculate: z.boolean(),
    contextSize: z.union([positive, z.literal("auto")]),
    gpuLayers: z.union([count, z.literal("auto")]),
    threads: positive,
    batchSize: positive,
  })
  .partial();

export const mullamaJsonSchema = z.strictObject({
  $schema: z.string().optional(),
  from: path.describe("A model's name, or the path of a GGUF file."),
  files: z.array(path).optional().describe("Further parts of a split model."),
  projector: path.optional().describe("What sees and hears for the model (mmproj)."),
  draft: path.optional().describe("A small model of the same vocabulary, that guesses ahead."),
  speculation: z
    .strictObject({ maxDraft: z.int().min(1).max(64), minProbability: share })
    .partial()
    .optional()
    .describe("How the draft model guesses."),
  adapters: z
    .array(z.union([path, z.strictObject({ path, scale: z.number().min(-1e6).max(1e6).optional() })]))
    .optional(),
  template: z
    .union([z.string().min(1), z.strictObject({ file: path })])
    .optional()
    .describe("A chat template in Jinja or Go's template language, or the file that has it."),
  system: z.string().optional(),
  messages: z.array(z.strictObject({ role: z.string().min(1), content: z.string() })).optional(),
  defaults: defaults.optional(),
  licenses: z.array(z.string()).optional(),
  requires: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "must be a version such as 1.2.3")
    .optional()
    .describe("The least version of mullama."),
});
