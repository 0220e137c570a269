import type { EmbeddingRequest, RerankRequest } from "./engine/embedding/embedding-request.js";
import type { EngineInfo } from "./engine/engine-info.js";
import type { GenerationRequest } from "./engine/generation-request.js";
import type { EngineClient, RequestOptions, StreamOptions } from "./engine/hosts/engine-client.js";
import type { GenerationStream } from "./engine/hosts/generation-stream.js";
import type { EngineMetrics } from "./engine/metrics.js";
import { beamSearch, type Beam, type BeamSearchOptions } from "./engine/search/beam-search.js";
import { bestOf, type ScoredGeneration, selfConsistency, type Vote } from "./engine/search/best-of.js";
import { generateAll, type GenerationOptions, type GenerationResult, Sequence } from "./engine/sequence.js";
import { ChatFormat } from "./chat/chat-format.js";
import type { ChatStream } from "./chat/chat-stream.js";
import { type InfillOptions, infillPrompt } from "./chat/infill.js";
import type { ChatMessage } from "./chat/message.js";
import { promptTokens } from "./chat/prompt-tokens.js";
import { respond, writePrompt } from "./chat/respond.js";
import type { Responder } from "./chat/responder.js";
import type { RespondOptions } from "./chat/respond-options.js";
import { ChatSession } from "./chat/session/chat-session.js";
import { unpackChat } from "./chat/session/saved-chat.js";
import type { ChatSessionOptions } from "./chat/session/session-options.js";
import { type Choice, choose, type ChoiceOptions } from "./chat/structured/choose.js";
import {
  generateObject,
  type ObjectOptions,
  type ObjectResult,
  type ObjectStream,
  streamObject,
} from "./chat/structured/generate-object.js";
import type { Schema, SchemaOutput } from "./chat/structured/standard-schema.js";
import type { DetokenizeOptions, TokenizeOptions } from "./llama/index.js";
import type {
  CountedEmbeddings,
  CountedRanking,
  EmbedOptions,
  GenerateOptions,
  RankedDocument,
} from "./loaded-model-options.js";
import { type ModelSettings, withDefaults, withOpening } from "./models/index.js";

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
  readonly #settings: ModelSettings;
  #format: ChatFormat | undefined;

  /** @internal Use {@link load}. */
  constructor(name: string, client: EngineClient, settings: ModelSettings) {
    this.name = name;
    this.#client = client;
    this.#settings = settings;
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
    const { signal, ...request } = this.#withRequest(options);
    return generateAll(this.#client, { ...request, prompt }, { signal });
  }

  /** Goes on from a prompt, and gives the answer as it comes. Leaving the loop cancels the request. */
  stream(prompt: GenerationRequest["prompt"], options: GenerationOptions & StreamOptions = {}): GenerationStream {
    const { signal, highWater, ...request } = this.#withRequest(options);
    return this.#client.stream({ ...request, prompt }, { signal, ...(highWater === undefined ? {} : { highWater }) });
  }

  /** Several answers, the likeliest first. @param count 1 to 128 */
  bestOf(
    count: number,
    prompt: GenerationRequest["prompt"],
    options: GenerateOptions = {},
  ): Promise<ScoredGeneration[]> {
    const { signal, ...request } = this.#withRequest(options);
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
    const { signal, ...request } = this.#withRequest(options);
    return selfConsistency(this.#client, { ...request, prompt }, count, extract, { signal });
  }

  /** The likeliest answers, by beam search, the best first. */
  beamSearch(prompt: GenerationRequest["prompt"], options: BeamSearchOptions & RequestOptions = {}): Promise<Beam[]> {
    const { signal, ...search } = options;
    return beamSearch(this.#client, prompt, search, { signal });
  }

  /** How it wants conversations written, and how it writes its answers. */
  get chatFormat(): ChatFormat {
    const { chatTemplate, specialTokens } = this.info;
    this.#format ??= new ChatFormat({ template: this.#settings.chatTemplate ?? chatTemplate, specialTokens });
    return this.#format;
  }

  get #responder(): Responder {
    return { client: this.#client, format: this.chatFormat };
  }

  #withRequest<Options extends object>(options: Options): Options & ModelSettings["request"] {
    return withDefaults(options, this.#settings.request);
  }

  /** What decides how an answer is written is the chat's own. */
  #withAnswer<Options extends object>(options: Options): Options {
    const { echo: _echo, renderSpecial: _renderSpecial, ...request } = this.#settings.request;
    return withDefaults(options, request);
  }

  #withConversation(options: ChatSessionOptions): ChatSessionOptions {
    const { system, messages } = this.#settings;
    return withDefaults(this.#withAnswer(options), { system, history: messages });
  }

  #conversation(prompt: string | readonly ChatMessage[]): readonly ChatMessage[] {
    return withOpening(typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt, this.#settings);
  }

  /**
   * Begins a conversation.
   *
   * @example
   * const chat = model.chat({ system: "You are brief." });
   * const { text } = await chat.send("Why is the sky blue?");
   */
  chat(options: ChatSessionOptions = {}): ChatSession {
    return new ChatSession(this.#responder, this.#withConversation(options));
  }

  /**
   * Goes on with a conversation that was saved; what the model remembers of it is in the cache again.
   *
   * @throws {MullamaError} `STATE_INVALID` where it is damaged, or of another model, other options or another release
   */
  async loadChat(saved: Uint8Array, options: ChatSessionOptions = {}): Promise<ChatSession> {
    const { record, state } = unpackChat(saved);
    if (state.length > 0) await this.#client.request({ type: "load", state });
    return new ChatSession(this.#responder, this.#withConversation(options), record);
  }

  /**
   * Answers a conversation, once: tools are not run, and nothing is remembered but in the cache.
   *
   * @throws {MullamaError} what `generate` throws; `TEMPLATE_FAILED`, `SCHEMA_UNSUPPORTED`
   */
  respond(messages: readonly ChatMessage[], options: RespondOptions = {}): ChatStream {
    return respond(this.#responder, this.#conversation(messages), this.#withAnswer(options));
  }

  /**
   * The tokens of the prompt that `respond` computes for a conversation.
   *
   * @throws {MullamaError} `TEMPLATE_FAILED`
   *
   * @example
   * const { length } = await model.promptTokens([{ role: "user", content: "Why is the sky blue?" }]);
   */
  async promptTokens(messages: readonly ChatMessage[], options: RespondOptions = {}): Promise<Int32Array> {
    const prompt = await writePrompt(this.chatFormat, this.#conversation(messages), this.#withAnswer(options));
    return promptTokens(this.#responder, prompt);
  }

  /**
   * Generates a value that keeps to a schema.
   *
   * @param prompt what a user asks, or a conversation
   * @throws {MullamaError} `SCHEMA_UNSUPPORTED`, `OUTPUT_INVALID` where it was cut off or the schema's own checks refuse it
   *
   * @example
   * const { object } = await model.generateObject("Ann is 31.", { schema: z.object({ name: z.string(), age: z.int() }) });
   */
  generateObject<Given extends Schema>(
    prompt: string | readonly ChatMessage[],
    options: ObjectOptions<Given>,
  ): Promise<ObjectResult<SchemaOutput<Given>>> {
    return generateObject(this.#responder, this.#conversation(prompt), this.#withAnswer(options));
  }

  /** Generates a value, and gives what there is of it while it grows. */
  streamObject<Given extends Schema>(
    prompt: string | readonly ChatMessage[],
    options: ObjectOptions<Given>,
  ): ObjectStream<SchemaOutput<Given>> {
    return streamObject(this.#responder, this.#conversation(prompt), this.#withAnswer(options));
  }

  /** Chooses one of several answers, with the probability of each. */
  choose<Option extends string>(
    prompt: string | readonly ChatMessage[],
    choices: readonly Option[],
    options: ChoiceOptions = {},
  ): Promise<Choice<Option>> {
    return choose(this.#responder, this.#conversation(prompt), choices, options);
  }

  /**
   * Fills in what is missing between two texts.
   *
   * @throws {MullamaError} `UNSUPPORTED` where the model was not made for it
   */
  async infill({ prefix, suffix, ...options }: InfillOptions): Promise<GenerationResult> {
    return this.generate(await this.infillPrompt(prefix, suffix), options);
  }

  /**
   * The prompt after which the model fills in what is missing between two texts, for `stream`.
   *
   * @throws {MullamaError} `UNSUPPORTED` where the model was not made for it
   */
  infillPrompt(prefix: string, suffix: string): Promise<Int32Array> {
    return infillPrompt(this.#client, prefix, suffix);
  }

  /** A text that grows, and that can be forked. @param prompt a text, or tokens */
  async sequence(prompt: string | Int32Array | readonly number[], options: TokenizeOptions = {}): Promise<Sequence> {
    const tokens = typeof prompt === "string" ? await this.tokenize(prompt, options) : Int32Array.from(prompt);
    return new Sequence(this.#client, tokens, this.#settings.request);
  }

  /**
   * Turns texts into vectors, each of length 1 unless `normalize` is false.
   *
   * @returns one vector for each text, in their order
   */
  async embed(inputs: EmbeddingRequest["inputs"], options: EmbedOptions = {}): Promise<readonly Float32Array[]> {
    const { embeddings } = await this.embedCounted(inputs, options);
    return embeddings;
  }

  /** Turns texts into vectors, as `embed` does, and tells how many tokens they had. */
  embedCounted(inputs: EmbeddingRequest["inputs"], options: EmbedOptions = {}): Promise<CountedEmbeddings> {
    const { signal, ...request } = options;
    return this.#client.request({ type: "embed", request: { ...request, inputs } }, { signal });
  }

  /** Sorts documents by how well they answer a query, the best first. */
  async rerank(
    query: string,
    documents: readonly string[],
    options: Omit<RerankRequest, "query" | "documents"> & RequestOptions = {},
  ): Promise<RankedDocument[]> {
    const { ranked } = await this.rerankCounted(query, documents, options);
    return ranked;
  }

  /** Sorts documents, as `rerank` does, and tells how many tokens were read for it. */
  async rerankCounted(
    query: string,
    documents: readonly string[],
    options: Omit<RerankRequest, "query" | "documents"> & RequestOptions = {},
  ): Promise<CountedRanking> {
    const { signal, ...request } = options;
    const { scores, tokens } = await this.#client.request(
      { type: "rerank", request: { ...request, query, documents } },
      { signal },
    );
    const ranked = documents
      .map((document, index) => ({ index, document, score: scores[index] ?? Number.NaN }))
      .sort((a, b) => b.score - a.score);
    return { ranked, tokens };
  }

  /** Turns a text into tokens; several texts one by one, their tokens joined. */
  tokenize(text: string | readonly string[], options: TokenizeOptions = {}): Promise<Int32Array> {
    return this.#client.request({ type: "tokenize", text, ...options });
  }

  /** Turns tokens into text. */
  detokenize(tokens: Int32Array | readonly number[], options?: DetokenizeOptions): Promise<string> {
    const list = Int32Array.from(tokens);
    return this.#client.request({ type: "detokenize", tokens: list, ...(options === undefined ? {} : { options }) });
  }

  /** The bytes that each token stands for: a word, or a part of a character; of a control token its name. */
  pieces(tokens: Int32Array | readonly number[]): Promise<readonly Uint8Array[]> {
    return this.#client.request({ type: "pieces", tokens: Int32Array.from(tokens) });
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
    const tokens = await this.#client.request({ type: "load", state });
    return new Sequence(this.#client, tokens, this.#settings.request);
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
