/** Takes requests to generate, and tells what becomes of them. */
import { MullamaError } from "../errors.js";
import { checkTokens } from "../llama/check.js";
import type { Context, Model, Threadpool } from "../llama/index.js";
import { type CheckedOptions, forgottenWindow, makeDrafter, makeStore } from "./engine-parts.js";
import { checkGenerationRequest } from "./generation-check.js";
import type { GenerationRequest } from "./generation-request.js";
import type { EngineMetrics } from "./metrics.js";
import { fingerprintOf } from "./prefix/fingerprint.js";
import type { PrefixStore } from "./prefix/prefix-store.js";
import { decodePrefix, encodePrefix } from "./prefix/saved-prefix.js";
import type { GenerationChunk, GenerationFinish } from "./protocol.js";
import { TokenSampler } from "./sampling/token-sampler.js";
import { Generation, type Progress } from "./scheduler/generation.js";
import { RequestQueue } from "./scheduler/request-queue.js";
import { Scheduler } from "./scheduler/scheduler.js";
import { SequenceCache } from "./scheduler/sequence-cache.js";
import { SteeringSet, unsteered } from "./scheduler/steering.js";
import type { Drafter } from "./speculation/drafter.js";
import { TextStream } from "./text/text-stream.js";

/** No vocabulary has tokens of more characters than this: the longest that we know are of 256 spaces. */
const LONGEST_TOKEN = 512;

/** Hears what becomes of requests. */
export interface GenerationListener {
  chunk(id: number, chunk: GenerationChunk): void;
  finished(id: number, result: GenerationFinish | Uint8Array): void;
  failed(id: number, error: unknown): void;
}

type DeskMetrics = Pick<EngineMetrics, "cache" | "tokens" | "steps"> & {
  readonly running: number;
  readonly waiting: number;
};

export class GenerationDesk implements Disposable {
  readonly #model: Model;
  readonly #context: Context;
  readonly #listener: GenerationListener;
  readonly #fingerprint: string;
  readonly #queue: RequestQueue;
  readonly #steering: SteeringSet;
  readonly #store: PrefixStore | undefined;
  readonly #cache: SequenceCache;
  readonly #drafter: Drafter | undefined;
  readonly #scheduler: Scheduler;
  readonly #open = new Map<number, Generation>();
  /** Those that end with their state instead of an answer. */
  readonly #saving = new Set<number>();
  #arrivals = 0;
  #cachedTokens = 0;

  constructor(
    model: Model,
    context: Context,
    threadpool: Threadpool,
    options: CheckedOptions,
    listener: GenerationListener,
  ) {
    const { parallel, cachedSequences, promptChunk, maxQueue, speculation } = options;
    const sequences = parallel + cachedSequences;
    this.#model = model;
    this.#context = context;
    this.#listener = listener;
    this.#fingerprint = fingerprintOf(options);
    this.#queue = new RequestQueue(maxQueue);
    this.#steering = new SteeringSet(model, context);
    this.#store = makeStore(model, this.#fingerprint, options);
    this.#cache = new SequenceCache(model, context, forgottenWindow(model, options), { sequences, store: this.#store });
    this.#drafter = makeDrafter(model, context, threadpool, speculation);
    this.#scheduler = new Scheduler({
      model,
      context,
      cache: this.#cache,
      queue: this.#queue,
      steering: this.#steering,
      drafter: this.#drafter,
      maxDraft: speculation?.maxDraft ?? 8,
      parallel,
      promptChunk,
      listener: {
        progressed: (generation, progress) => this.#progressed(generation, progress),
        prompted: (generation) => this.#prompted(generation),
        failed: (generation, error) => this.#failed(generation, error),
      },
    });
  }

  /** Takes a request. @throws {MullamaError} what is wrong with it */
  submit(id: number, request: GenerationRequest): void {
    checkGenerationRequest(request, this.#model.vocab.size);
    const prompt = this.#tokensOf(request);
    const steering = this.#steering.resolve(request, prompt);
    const sampler = request.maxTokens === 0 ? undefined : new TokenSampler(this.#model, request, prompt);
    const text = new TextStream(this.#model.vocab, {
      continues: true,
      ...(request.stop === undefined ? {} : { stop: request.stop }),
      ...(request.renderSpecial === undefined ? {} : { renderSpecial: request.renderSpecial }),
    });
    this.#add(new Generation({ id, arrival: this.#arrivals++, request, prompt, steering, sampler, text }));
    if (request.echo === true) this.#echo(id, request, prompt);
  }

  /** Computes what is not cached of these tokens, and finishes with it in the form that {@link load} reads. */
  save(id: number, tokens: Int32Array): void {
    const prompt = this.#check(checkTokens("tokens", tokens, this.#model.vocab.size), this.#roomFor());
    const text = new TextStream(this.#model.vocab, {});
    const request = { prompt, maxTokens: 0 };
    const parts = { id, arrival: this.#arrivals++, request, prompt, steering: unsteered, sampler: undefined, text };
    this.#saving.add(id);
    this.#add(new Generation(parts));
  }

  /** Puts what {@link save} gave into the cache. @returns its tokens @throws {MullamaError} `STATE_INVALID`, `BUSY` */
  load(saved: Uint8Array): Int32Array {
    const { tokens, steering, state } = decodePrefix(saved, this.#fingerprint);
    if (steering !== unsteered.key) throw new MullamaError("STATE_INVALID", "This state was computed with an adapter.");
    if (!this.#cache.insert(tokens, unsteered, state)) {
      throw new MullamaError("BUSY", "Every sequence is busy.", { hint: "Wait for a request to end, and try again." });
    }
    return tokens;
  }

  cancel(id: number): void {
    const generation = this.#open.get(id);
    if (generation !== undefined) this.#close(generation);
  }

  pause(id: number): void {
    const generation = this.#open.get(id);
    if (generation !== undefined) this.#scheduler.pause(generation);
  }

  resume(id: number): void {
    const generation = this.#open.get(id);
    if (generation !== undefined) this.#scheduler.wake(generation);
  }

  step(): boolean {
    return this.#scheduler.step();
  }

  clearCache(): void {
    this.#cache.clear();
    this.#store?.clear();
  }

  get metrics(): DeskMetrics {
    const { steps, computed, prompt, completion, draft, acceptedDraft } = this.#scheduler.totals;
    const { contextSize, batchSize } = this.#context.limits;
    return {
      running: this.#scheduler.running.length,
      waiting: this.#open.size - this.#scheduler.running.length,
      cache: {
        tokens: this.#cache.tokens,
        capacity: contextSize,
        sequences: this.#cache.used.size,
        hostBytes: this.#store?.hostBytes ?? 0,
        diskBytes: this.#store?.diskBytes ?? 0,
      },
      tokens: { prompt, cached: this.#cachedTokens, completion, draft, acceptedDraft },
      steps: { count: steps, meanTokens: steps === 0 ? 0 : computed / steps, batchSize },
    };
  }

  /** Mistakes of this program: what is not as it must be between steps. */
  audit(): string[] {
    const running = new Set(this.#scheduler.running.map(({ sequence }) => sequence));
    const busy = Array.from(this.#cache.used).filter((sequence) => sequence.busy);
    const astray = busy
      .filter((sequence) => !running.has(sequence))
      .map(({ id }) => `sequence ${id} is busy for nobody`);
    if (running.size !== this.#scheduler.running.length) astray.push("two requests work in one sequence");
    return [...astray, ...this.#cache.audit()];
  }

  /** Moves what is worth keeping to the disk cache, and frees everything. */
  dispose(): void {
    if (this.#store?.persistent === true) this.#cache.spillAll();
    this.#store?.dispose();
    this.#drafter?.dispose();
    this.#scheduler[Symbol.dispose]();
    this.#steering[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #add(generation: Generation): void {
    try {
      this.#queue.add(generation);
    } catch (error) {
      generation.dispose();
      throw error;
    }
    this.#open.set(generation.id, generation);
  }

  #tokensOf({ prompt, addSpecial = true, parseSpecial = false, maxPromptTokens }: GenerationRequest): Int32Array {
    const { vocab } = this.#model;
    const room = this.#roomFor(maxPromptTokens);
    // Nobody else waits while what cannot fit is counted to its end.
    if (typeof prompt === "string" && prompt.length > room.tokens * LONGEST_TOKEN)
      throw tooLong(`${prompt.length} characters, far`, room);
    const tokens =
      typeof prompt === "string" ? vocab.tokenize(prompt, { addSpecial, parseSpecial }) : Int32Array.from(prompt);
    return this.#check(tokens, room);
  }

  #roomFor(most = Infinity): PromptRoom {
    const { contextSizePerSequence: room } = this.#context.limits;
    if (most < room) return { tokens: most, why: "is allowed", hint: "Shorten it." };
    const hint = "Shorten it, or make the engine with a larger contextSize.";
    return { tokens: room, why: "the context has room for", hint };
  }

  #check(prompt: Int32Array, room: PromptRoom): Int32Array {
    if (prompt.length === 0) {
      throw new MullamaError(
        "ARGUMENT_INVALID",
        "The prompt is empty: a model needs at least one token to go on from.",
      );
    }
    if (prompt.length <= room.tokens) return prompt;
    throw tooLong(`${prompt.length} tokens, ${prompt.length - room.tokens}`, room);
  }

  #echo(id: number, { prompt, renderSpecial = false }: GenerationRequest, tokens: Int32Array): void {
    const text =
      typeof prompt === "string"
        ? prompt
        : this.#model.vocab.detokenize(tokens, { renderSpecial, removeSpecial: !renderSpecial });
    this.#listener.chunk(id, { text, tokens: [] });
  }

  #progressed(generation: Generation, { text, tokens, logprobs, ending }: Progress): void {
    const { id, request } = generation;
    if (text !== "" || tokens.length > 0) {
      this.#listener.chunk(id, { text, tokens, ...(request.logprobs === undefined ? {} : { logprobs }) });
    }
    if (ending === undefined) return;
    this.#drafter?.learn?.(generation.tokens.view());
    this.#finish(generation, generation.finish(ending));
  }

  #prompted(generation: Generation): void {
    if (!this.#saving.has(generation.id)) {
      this.#finish(generation, generation.finish({ reason: "length" }));
      return;
    }
    const { sequence, prompt } = generation;
    if (sequence === undefined) return;
    try {
      const state = this.#context.state.saveSequence(sequence.id);
      this.#finish(generation, encodePrefix({ tokens: prompt, steering: unsteered.key, state }, this.#fingerprint));
    } catch (error) {
      this.#failed(generation, error);
    }
  }

  #finish(generation: Generation, result: GenerationFinish | Uint8Array): void {
    this.#close(generation);
    this.#listener.finished(generation.id, result);
  }

  #failed(generation: Generation, error: unknown): void {
    this.#close(generation);
    this.#listener.failed(generation.id, error);
  }

  #close(generation: Generation): void {
    this.#cachedTokens += generation.cachedTokens;
    this.#open.delete(generation.id);
    this.#saving.delete(generation.id);
    this.#scheduler.stop(generation);
    generation.dispose();
  }
}

/** How many tokens a prompt may have, and what limits them. */
interface PromptRoom {
  readonly tokens: number;
  readonly why: string;
  readonly hint: string;
}

function tooLong(much: string, { tokens, why, hint }: PromptRoom): MullamaError {
  return new MullamaError("PROMPT_TOO_LONG", `The prompt has ${much} more than ${why} (${tokens}).`, { hint });
}
