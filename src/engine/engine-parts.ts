/** Puts an engine together. */
import { checkBoolean, checkInteger, checkOneOf, checkOptions, checkText } from "../llama/check.js";
import { Context, type ContextOptions, type Model, type ModelOptions, type Threadpool } from "../llama/index.js";
import type { EngineInfo } from "./engine-info.js";
import type { EngineOptions, SpeculationOptions } from "./engine-options.js";
import type { FitReport } from "./fit/auto-fit.js";
import { PrefixStore } from "./prefix/prefix-store.js";
import { endTokens } from "./sampling/end-tokens.js";
import { specialTokens } from "./special-tokens.js";
import { DraftModel } from "./speculation/draft-model.js";
import type { Drafter } from "./speculation/drafter.js";
import { NgramDrafter } from "./speculation/ngram-drafter.js";

const UINT31 = 2 ** 31 - 1;
const names: readonly (keyof EngineOptions)[] = [
  "path",
  "model",
  "gpuLayers",
  "expertsOnCpu",
  "parallel",
  "contextSize",
  "unified",
  "cachedSequences",
  "hostCacheBytes",
  "diskCache",
  "batchSize",
  "promptChunk",
  "threads",
  "typeK",
  "typeV",
  "flashAttention",
  "context",
  "maxQueue",
  "speculation",
];

type Filled = "parallel" | "unified" | "cachedSequences" | "hostCacheBytes" | "batchSize" | "promptChunk" | "maxQueue";

/** The options, with defaults where they say nothing. */
export interface CheckedOptions extends Omit<EngineOptions, Filled>, Required<Pick<EngineOptions, Filled>> {
  /** Most outputs of a step: a token of each request, with what is guessed to follow it. */
  readonly maxOutputs: number;
}

/** The options, with what was chosen to fit into memory. */
export interface FittedOptions extends Omit<CheckedOptions, "gpuLayers" | "contextSize"> {
  readonly gpuLayers: number;
  readonly contextSize: number;
  readonly fit: FitReport;
}

/** Checks the options that are the engine's own, and fills in defaults. The model's and context's are checked where they are used. */
export function checkEngineOptions(options: EngineOptions): CheckedOptions {
  checkOptions("options", options, names);
  checkText("options.path", options.path);
  const integer = (name: keyof EngineOptions, fallback: number, min: number, max: number): number =>
    checkInteger(`options.${name}`, options[name] ?? fallback, min, max);
  const unified = checkBoolean("options.unified", options.unified ?? true);
  const parallel = integer("parallel", 4, 1, 128);
  const { diskCache, speculation } = options;
  if (diskCache !== undefined) {
    checkOptions("options.diskCache", diskCache, ["directory", "bytes"]);
    checkText("options.diskCache.directory", diskCache.directory);
    checkInteger("options.diskCache.bytes", diskCache.bytes, 0, Number.MAX_SAFE_INTEGER);
  }
  if (speculation !== undefined) checkOneOf("options.speculation.type", speculation.type, ["draft-model", "ngram"]);
  if (options.gpuLayers !== "auto") integer("gpuLayers", 0, 0, UINT31);
  if (options.contextSize !== "auto") integer("contextSize", 1, 1, UINT31);
  const cachedSequences = unified ? integer("cachedSequences", 8, 0, 128) : 0;
  const outputs = parallel * (1 + (speculation === undefined ? 0 : (speculation.maxDraft ?? 8)));
  return {
    ...options,
    parallel,
    unified,
    cachedSequences,
    maxOutputs: Math.max(outputs, parallel + cachedSequences),
    hostCacheBytes: integer("hostCacheBytes", 0, 0, Number.MAX_SAFE_INTEGER),
    batchSize: integer("batchSize", 512, parallel, UINT31),
    promptChunk: integer("promptChunk", 512, 1, UINT31),
    maxQueue: integer("maxQueue", 1024, 0, UINT31),
  };
}

/** Options of the model's own, with what was chosen. */
export function modelOptions({ model, gpuLayers, expertsOnCpu = false }: FittedOptions): ModelOptions {
  const placement = expertsOnCpu ? [{ pattern: "\\.ffn_(up|down|gate|gate_up)_(ch|)exps", bufferType: "CPU" }] : [];
  const tensorPlacement = [...(model?.tensorPlacement ?? []), ...placement];
  return { ...model, gpuLayers, ...(tensorPlacement.length === 0 ? {} : { tensorPlacement }) };
}

/** The context in which requests generate; undefined for a model that does not generate text. */
export function makeContext(model: Model, options: FittedOptions): Context | undefined {
  const made = new Context(model, contextOptions(options));
  const { remembers, givesLogits, needsEncoding, decodes } = made.limits;
  if (remembers && givesLogits && decodes && !needsEncoding) return made;
  made.dispose();
  return undefined;
}

function contextOptions(options: FittedOptions): ContextOptions {
  const { contextSize, batchSize, parallel, unified, cachedSequences, threads, typeK, typeV, flashAttention } = options;
  const sequences = parallel + cachedSequences;
  return {
    ...options.context,
    contextSize,
    batchSize: Math.max(sequences, Math.min(batchSize, contextSize)),
    microBatchSize: Math.min(batchSize, 512),
    maxSequences: sequences,
    // Room for the logits of every token of a prompt would be most of what a computation takes.
    maxOutputs: options.maxOutputs,
    kvUnified: unified,
    pooling: "none",
    ...(threads === undefined ? {} : { threads }),
    ...(typeK === undefined ? {} : { typeK }),
    ...(typeV === undefined ? {} : { typeV }),
    ...(flashAttention === undefined ? {} : { flashAttention }),
  };
}

/** The window beyond which the context forgets, or 0 where it keeps everything. */
export function forgottenWindow(model: Model, { context }: CheckedOptions): number {
  return context?.swaFull === false ? model.slidingWindow : 0;
}

/** @param fingerprint of everything that what is cached depends on */
export function makeStore(model: Model, fingerprint: string, options: CheckedOptions): PrefixStore | undefined {
  const { hostCacheBytes, diskCache } = options;
  if (hostCacheBytes === 0 && diskCache === undefined) return undefined;
  return new PrefixStore({
    fingerprint,
    hostBytes: hostCacheBytes,
    ...(diskCache === undefined ? {} : { disk: diskCache }),
    whole: model.isRecurrent || model.isHybrid,
  });
}

/** A drafter for as many sequences as the target's context has. */
export function makeDrafter(
  target: Model,
  context: Context,
  threadpool: Threadpool,
  speculation: SpeculationOptions | undefined,
): Drafter | undefined {
  if (speculation === undefined) return undefined;
  if (speculation.type === "ngram") return new NgramDrafter(speculation);
  const { contextSize, maxSequences } = context.limits;
  return new DraftModel(target, speculation, { contextSize, sequences: maxSequences, threadpool });
}

export function describeEngine(
  model: Model,
  context: Context | undefined,
  { parallel, fit }: FittedOptions,
  threads: number,
): EngineInfo {
  return {
    description: model.description,
    parameters: model.parameters,
    size: model.size,
    trainedContextSize: model.trainedContextSize,
    contextSize: context?.limits.contextSize ?? 0,
    contextSizePerSequence: context?.limits.contextSizePerSequence ?? 0,
    fit,
    parallel,
    vocabularySize: model.vocab.size,
    embeddingSize: model.outputEmbeddingSize,
    threads,
    generates: context !== undefined,
    endTokens: endTokens(model.vocab),
    specialTokens: specialTokens(model.vocab),
    chatTemplate: model.chatTemplate(),
    metadata: Object.fromEntries(model.metadataEntries()),
  };
}
