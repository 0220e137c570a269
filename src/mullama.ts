import type { EmbeddingRequest, RerankRequest } from "./engine/embedding/embedding-request.js";
import type { EngineInfo } from "./engine/engine-info.js";
import type { EngineOptions } from "./engine/engine-options.js";
import type { GenerationRequest } from "./engine/generation-request.js";
import { EngineClient, type HostKind, type RequestOptions, type StreamOptions } from "./engine/hosts/engine-client.js";
import type { GenerationStream } from "./engine/hosts/generation-stream.js";
import type { EngineMetrics } from "./engine/metrics.js";
import { beamSearch, type Beam, type BeamSearchOptions } from "./engine/search/beam-search.js";
import { bestOf, type ScoredGeneration, selfConsistency, type Vote } from "./engine/search/best-of.js";
import { generateAll, type GenerationOptions, type GenerationResult, Sequence } from "./engine/sequence.js";
import type { DetokenizeOptions, TokenizeOptions } from "./llama/index.js";
import { type ModelProgress, resolveModel, type ResolveOptions } from "./models/index.js";

/** How far loading has come: fetching the file first, if this machine does not have it. */
export type LoadProgress = ModelProgress | { readonly phase: "load"; readonly progress: number };

/** How a model is loaded. */
export interface LoadOptions extends Omit<EngineOptions, "path">, Pick<ResolveOptions, "offline" | "home" | "network"> {
  /**
   * Where it runs. `worker`: on a thread of its own, so that the event loop stays free. `child`: in a process of its own,
   * which is restarted when it dies. `inline`: on this thread, which waits while it computes. Default `worker`.
   */
  readonly host?: HostKind;
  /** Stops loading. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** A prompt with what to do with it, beside the options of a request. */
export interface GenerateOptions extends GenerationOptions, RequestOptions {}

/** A document with its score. */
export interface RankedDocument {
  /** Its place in the list that was given. */
  readonly index: number;
  readonly document: string;
  /** Greater is more relevant. */
  readonly score: number;
}

/**
 * Loads a model: by a name from the catalogue, a path, or another name that `resolveModel` knows.
 *
 * @param name such as `smollm2:135m` or `./model.gguf`
 * @throws {MullamaError} what `resolveModel` and `Model.load` throw; `ABORTED`
 *
 * @example
 * await using model = await load("smollm2:135m");
 * const { text } = await model.generate("Once upon a time", { maxTokens: 64 });
 */
export async function load(name: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const { host = "worker", signal, onProgress, offline, home, network, ...engine } = options;
  const { path } = await resolveModel(name, { offline, home, network, signal, onProgress });
  const client = await EngineClient.start(
    host,
    { ...engine, path },
    { signal, onProgress: (progress) => onProgress?.({ phase: "load", progress }) },
  );
  return new LoadedModel(name, client);
}

/**
 * A model that works for many requests at once, without keeping the event loop from anything else.
 *
 * @example
 * for await (const { text } of model.stream("Once upon a time")) process.stdout.write(text);
 */
export class LoadedModel implements AsyncDisposable {
  /** The name that it was loaded by. */
  readonly name: string;
  readonly #client: EngineClient;

  /** @internal Use {@link load}. */
  constructor(name: string, client: EngineClient) {
    this.name = name;
    this.#client = client;
  }

  /** What it is, and what it was given. */
  get info(): EngineInfo {
    return this.#client.info;
  }

  /** The process that it runs in, where it was loaded with `host: "child"`. */
  get pid(): number | undefined {
    return this.#client.pid;
  }

  /**
   * Goes on from a prompt, and gives the whole answer.
   *
   * @param prompt a text, or tokens
   * @throws {MullamaError} `ARGUMENT_INVALID`, `PROMPT_TOO_LONG`, `CONTEXT_FULL`, `QUEUE_FULL`, `DEADLINE_EXCEEDED`,
   * `GRAMMAR_INVALID`, `ABORTED`, `ENGINE_CRASHED`, `DISPOSED`
   */
  generate(prompt: GenerationRequest["prompt"], options: GenerateOptions = {}): Promise<GenerationResult> {
    const { signal, ...request } = options;
    return generateAll(this.#client, { ...request, prompt }, { signal });
  }

  /** Goes on from a prompt, and gives the answer as it comes. Leaving the loop cancels the request. */
  stream(prompt: GenerationRequest["prompt"], options: GenerationOptions & StreamOptions = {}): GenerationStream {
    const { signal, highWater, ...request } = options;
    return this.#client.stream({ ...request, prompt }, { signal, ...(highWater === undefined ? {} : { highWater }) });
  }

  /** Several answers, the likeliest first. @param count 1 to 128 */
  bestOf(
    count: number,
    prompt: GenerationRequest["prompt"],
    options: GenerateOptions = {},
  ): Promise<ScoredGeneration[]> {
    const { signal, ...request } = options;
    return bestOf(this.#client, { ...request, prompt }, count, { signal });
  }

  /**
   * What most of several answers come down to, the most frequent first.
   *
   * @param extract what an answer comes down to, such as the last number in it; undefined for one that does not count
   */
  selfConsistency(
    count: number,
    prompt: GenerationRequest["prompt"],
    extract: (text: string) => string | undefined,
    options: GenerateOptions = {},
  ): Promise<Vote[]> {
    const { signal, ...request } = options;
    return selfConsistency(this.#client, { ...request, prompt }, count, extract, { signal });
  }

  /** The likeliest answers, by beam search, the best first. */
  beamSearch(prompt: GenerationRequest["prompt"], options: BeamSearchOptions & RequestOptions = {}): Promise<Beam[]> {
    const { signal, ...search } = options;
    return beamSearch(this.#client, prompt, search, { signal });
  }

  /** A text that grows, and that can be forked. @param prompt a text, or tokens */
  async sequence(prompt: string | Int32Array | readonly number[], options: TokenizeOptions = {}): Promise<Sequence> {
    const tokens = typeof prompt === "string" ? await this.tokenize(prompt, options) : Int32Array.from(prompt);
    return new Sequence(this.#client, tokens);
  }

  /**
   * Turns texts into vectors, each of length 1 unless `normalize` is false.
   *
   * @returns one vector for each text, in their order
   */
  async embed(
    inputs: EmbeddingRequest["inputs"],
    options: Omit<EmbeddingRequest, "inputs"> & RequestOptions = {},
  ): Promise<readonly Float32Array[]> {
    const { signal, ...request } = options;
    const { embeddings } = await this.#client.request({ type: "embed", request: { ...request, inputs } }, { signal });
    return embeddings;
  }

  /** Sorts documents by how well they answer a query, the best first. */
  async rerank(
    query: string,
    documents: readonly string[],
    options: Omit<RerankRequest, "query" | "documents"> & RequestOptions = {},
  ): Promise<RankedDocument[]> {
    const { signal, ...request } = options;
    const { scores } = await this.#client.request(
      { type: "rerank", request: { ...request, query, documents } },
      { signal },
    );
    return documents
      .map((document, index) => ({ index, document, score: scores[index] ?? Number.NaN }))
      .sort((a, b) => b.score - a.score);
  }

  /** Turns a text into tokens. */
  tokenize(text: string, options: TokenizeOptions = {}): Promise<Int32Array> {
    return this.#client.request({ type: "tokenize", text, ...options });
  }

  /** Turns tokens into text. */
  detokenize(tokens: Int32Array | readonly number[], options?: DetokenizeOptions): Promise<string> {
    const list = Int32Array.from(tokens);
    return this.#client.request({ type: "detokenize", tokens: list, ...(options === undefined ? {} : { options }) });
  }

  /** Computes a prompt, and gives what the model remembers of it, to be loaded later, also by another process. */
  async saveState(prompt: string | Int32Array | readonly number[]): Promise<Uint8Array> {
    const sequence = await this.sequence(prompt);
    return sequence.save();
  }

  /**
   * Puts what was saved back into the cache: prompts that begin with its tokens go on from there.
   *
   * @returns a sequence of the tokens that were saved
   * @throws {MullamaError} `STATE_INVALID` where it is damaged, or of another model, other options or another release
   */
  async loadState(state: Uint8Array): Promise<Sequence> {
    return new Sequence(this.#client, await this.#client.request({ type: "load", state }));
  }

  /** Forgets every prefix that no request works with. */
  async clearCache(): Promise<void> {
    await this.#client.request({ type: "clear-cache" });
  }

  /** What it is doing, and what it has done. */
  metrics(): Promise<EngineMetrics> {
    return this.#client.request({ type: "metrics" });
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#client.disposed;
  }

  /** Fails what is open with `DISPOSED`, and frees everything. Does nothing the second time. */
  dispose(): Promise<void> {
    return this.#client.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
