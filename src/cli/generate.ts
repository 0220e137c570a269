import { setImmediate as nextTurn } from "node:timers/promises";
import { MullamaError } from "../errors.js";
import { type Context, Detokenizer, Model, Sampler, type SamplerChain } from "../llama/index.js";
import type { FinishReason, GenerationEvent, GenerationRequest } from "./generation.js";
import { promptTokens } from "./prompt-tokens.js";

/** Tokens that a context has room for where the user does not say; the model's own limit is kept. */
const DEFAULT_CONTEXT = 4096;
/** Tokens of an answer that there is room for after a prompt longer than that. */
const ANSWER_ROOM = 1024;

/**
 * Loads a model and streams its answer.
 * Loading and reading the prompt run on a pool thread and can be cancelled inside; a single token is computed on this
 * thread, with a turn of the event loop after each.
 *
 * @throws {MullamaError} `ABORTED` when cancelled before the first token; after that, the stream finishes as `aborted`.
 */
export async function* generate(request: GenerationRequest): AsyncGenerator<GenerationEvent> {
  const { signal } = request;
  const begun = performance.now();
  using model = await Model.loadAsync(request.path, { ...definedOf({ gpuLayers: request.gpuLayers }), signal });
  const prompt = promptTokens(model, request.prompt);
  using context = createContext(model, prompt.length, request);
  using sampler = createSampler(model, request);
  const loaded = performance.now();

  await readPrompt(context, prompt, signal);
  const read = performance.now();

  const room = context.limits.contextSize - prompt.length;
  const detokenizer = new Detokenizer(model.vocab);
  const most = Math.min(request.maxTokens ?? room, room);
  let completionTokens = 0;
  let finishReason: FinishReason = "length";
  while (completionTokens < most) {
    const token = sampler.sample(context);
    if (model.vocab.isEog(token)) {
      finishReason = "stop";
      break;
    }
    const text = detokenizer.push(token);
    if (text !== "") yield { type: "text", text };
    completionTokens++;
    await nextTurn();
    if (signal.aborted) {
      finishReason = "aborted";
      break;
    }
    if (completionTokens < most) context.decode([token]);
  }
  const rest = detokenizer.flush();
  if (rest !== "") yield { type: "text", text: rest };

  yield {
    type: "finish",
    finishReason,
    usage: { promptTokens: prompt.length, completionTokens },
    timings: { load: loaded - begun, prompt: read - loaded, completion: performance.now() - read },
  };
}

function createContext(model: Model, promptLength: number, request: GenerationRequest): Context {
  const wanted = Math.max(DEFAULT_CONTEXT, promptLength + Math.min(request.maxTokens ?? ANSWER_ROOM, ANSWER_ROOM));
  const size = request.contextSize ?? Math.min(model.trainedContextSize, wanted);
  const context = model.createContext({ contextSize: size, ...definedOf({ threads: request.threads }) });
  const { contextSize } = context.limits;
  if (promptLength < contextSize) return context;
  context.dispose();
  throw new MullamaError(
    "PROMPT_TOO_LONG",
    `The prompt has ${promptLength} tokens, but the context has room for ${contextSize}.`,
    {
      hint: `Make room with --ctx ${promptLength + 512}, or shorten the prompt.`,
    },
  );
}

/** What the user asked for, then what the model recommends, then what llama.cpp's own tools use. */
function createSampler(model: Model, request: GenerationRequest): SamplerChain {
  const { temperature, topK, topP, minP } = model.samplingMetadata;
  const chosen = request.temperature ?? temperature ?? 0.8;
  const chain = Sampler.chain();
  if (chosen === 0) return chain.greedy();
  return chain
    .topK(topK ?? 40)
    .topP(topP ?? 0.95)
    .minP(minP ?? 0.05)
    .temperature(chosen)
    .dist(request.seed);
}

async function readPrompt(context: Context, tokens: Int32Array, signal: AbortSignal): Promise<void> {
  const { batchSize } = context.limits;
  for (let start = 0; start < tokens.length; start += batchSize) {
    await context.decodeAsync(tokens.subarray(start, start + batchSize), { signal });
  }
}

/** An object without its undefined properties. */
function definedOf<Key extends string, Value>(object: Record<Key, Value | undefined>): Partial<Record<Key, Value>> {
  const entries = Object.entries<Value | undefined>(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Record<Key, Value>>;
}
