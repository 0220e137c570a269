import { z } from "zod";
import { definedOf } from "../../engine/defined-of.js";
import { validate } from "../http/validate.js";
import { modelLimitsSchema, type RequestLimits, requestLimitsSchema } from "../limits/request-limits.js";
import { parseKeepAlive } from "./keep-alive.js";
import type { ServedModel } from "./served-model.js";

const count = z.int().min(0);
const cacheType = z.enum(["f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"]);

/** How requests to a model begin, in a preset. */
const defaults = z.strictObject({
  temperature: z.number().min(0).optional(),
  topK: count.optional(),
  topP: z.number().min(0).max(1).optional(),
  minP: z.number().min(0).max(1).optional(),
  repeatPenalty: z.number().positive().optional(),
  frequencyPenalty: z.number().optional(),
  presencePenalty: z.number().optional(),
  penaltyLastTokens: count.optional(),
  seed: count.optional(),
  maxTokens: count.optional(),
  stop: z.array(z.string()).optional(),
});

const preset = z.strictObject({
  /** What `load()` takes: a name or a path. Default: the preset's own name. */
  model: z.string().min(1).optional(),
  aliases: z.array(z.string().min(1)).default([]),
  contextSize: z.union([count, z.literal("auto")]).optional(),
  gpuLayers: z.union([count, z.literal("auto")]).optional(),
  expertsOnCpu: z.boolean().optional(),
  parallel: z.int().min(1).max(128).optional(),
  unified: z.boolean().optional(),
  cachedSequences: count.optional(),
  hostCacheBytes: count.optional(),
  diskCache: z.strictObject({ directory: z.string(), bytes: count }).optional(),
  batchSize: z.int().min(1).optional(),
  promptChunk: z.int().min(1).optional(),
  threads: z.int().min(1).optional(),
  typeK: cacheType.optional(),
  typeV: cacheType.optional(),
  flashAttention: z.enum(["auto", "on", "off"]).optional(),
  maxQueue: count.optional(),
  speculation: z
    .discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("draft-model"),
        path: z.string(),
        maxDraft: z.int().min(1).max(64).exactOptional(),
        minProbability: z.number().min(0).max(1).exactOptional(),
      }),
      z.strictObject({
        type: z.literal("ngram"),
        size: z.int().min(1).exactOptional(),
        maxDraft: z.int().min(1).max(64).exactOptional(),
      }),
    ])
    .optional(),
  chatTemplate: z.string().optional(),
  /** LoRA adapters that requests may use by their number; each works with its scale where a request says nothing. */
  loraAdapters: z.array(z.strictObject({ path: z.string().min(1), scale: z.number().default(1) })).default([]),
  defaults: defaults.default({}),
  limits: modelLimitsSchema.default({}),
  system: z.string().optional(),
  keepAlive: z.union([z.number(), z.string()]).optional(),
  pinned: z.boolean().default(false),
});

/** A model as a user describes it: how it is loaded, what it is called, how long it stays. */
export type ModelPreset = z.input<typeof preset>;

const presetFile = z.strictObject({
  models: z.record(z.string().min(1), preset).default({}),
  /** What requests may ask for, of every model. */
  limits: requestLimitsSchema.prefault({}),
});

/** A file of presets as it is read. */
export interface Presets {
  readonly models: readonly ServedModel[];
  readonly limits: RequestLimits;
}

/** Checks presets by name, and makes models of them. @throws {MullamaError} `ARGUMENT_INVALID` naming the field */
export function readPresets(value: unknown): Presets {
  const { models, limits } = validate(presetFile, value);
  return { models: modelsOf(models), limits };
}

function modelsOf(presets: Readonly<Record<string, z.output<typeof preset>>>): ServedModel[] {
  return Object.entries(presets).map(
    ([id, { model, aliases, defaults: given, limits, loraAdapters, system, keepAlive, pinned, ...options }]) => ({
      id,
      source: model ?? id,
      aliases,
      options: definedOf(options),
      defaults: definedOf(given),
      limits,
      loraAdapters,
      system,
      keepAlive: keepAlive === undefined ? undefined : parseKeepAlive(keepAlive, `models.${id}.keepAlive`),
      pinned,
    }),
  );
}
