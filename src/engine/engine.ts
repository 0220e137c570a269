import { DisposedError, MullamaError } from "../errors.js";
import { type Context, Model, Threadpool } from "../llama/index.js";
import { EmbeddingRunner } from "./embedding/embedding-runner.js";
import type { EngineInfo } from "./engine-info.js";
import type { EngineOptions } from "./engine-options.js";
import { checkEngineOptions, describeEngine, type FittedOptions, makeContext, modelOptions } from "./engine-parts.js";
import { fitEngine } from "./fit/fit-engine.js";
import { GenerationDesk } from "./generation-desk.js";
import type { EngineMetrics } from "./metrics.js";
import type { EngineCommand, EngineEvent, EngineRequest, EngineResults, RequestType } from "./protocol.js";
import { tokenizeRequest } from "./text/tokenize-request.js";

/** How an engine is loaded. */
export interface EngineLoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how much of the model is loaded, from 0 to 1. */
  readonly onProgress?: ((progress: number) => void) | undefined;
}

const computes: ReadonlySet<RequestType> = new Set(["generate", "embed", "rerank"]);

/**
 * A model that works for many requests at once, on one thread: each step computes a batch for all of them. It does
 * nothing by itself: a host passes commands on, and calls `step` as long as there is something to do.
 */
export class Engine implements Disposable {
  readonly info: EngineInfo;
  readonly #emit: (events: readonly EngineEvent[]) => void;
  readonly #model: Model;
  readonly #threadpool: Threadpool;
  readonly #context: Context | undefined;
  readonly #generations: GenerationDesk | undefined;
  readonly #embeddings: EmbeddingRunner;
  readonly #open = new Set<number>();
  readonly #deadlines = new Map<number, NodeJS.Timeout>();
  #events: EngineEvent[] = [];
  /** Those of the open requests that are counted: that ask the model, and not only its vocabulary. */
  readonly #computing = new Set<number>();
  #finished = 0;
  #disposed = false;

  /**
   * Loads a model on a pool thread, and makes its engine.
   *
   * @param emit hears what becomes of requests, the events of a step at once
   * @throws {MullamaError} what `Model.load` and `model.createContext` throw; `ABORTED`
   */
  static async load(
    options: EngineOptions,
    emit: (events: readonly EngineEvent[]) => void,
    { signal, onProgress }: EngineLoadOptions = {},
  ): Promise<Engine> {
    const checked = checkEngineOptions(options);
    const fit = fitEngine(checked);
    const fitted = { ...checked, gpuLayers: fit.gpuLayers, contextSize: fit.contextSize, fit };
    const model = await Model.loadAsync(options.path, {
      ...modelOptions(fitted),
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    try {
      return new Engine(model, fitted, emit);
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  private constructor(model: Model, options: FittedOptions, emit: (events: readonly EngineEvent[]) => void) {
    this.#emit = emit;
    this.#model = model;
    const context = makeContext(model, options);
    this.#context = context;
    const threads = context?.threads ?? options.threads ?? defaultThreads(model);
    this.#threadpool = new Threadpool({ threads });
    context?.attachThreadpool(this.#threadpool);
    this.#embeddings = new EmbeddingRunner(model, {
      threads,
      threadpool: this.#threadpool,
      contextSize: options.contextSize,
    });
    if (context !== undefined) {
      this.#generations = new GenerationDesk(model, context, this.#threadpool, options, {
        chunk: (id, chunk) => this.#events.push({ type: "chunk", id, chunk }),
        finished: (id, result) => this.#finish(id, result),
        failed: (id, error) => this.#fail(id, error),
      });
    }
    this.info = describeEngine(model, context, options, threads);
  }

  /** Set its first byte to 1, from any thread, to stop the computation that runs now: it is done again without what was cancelled. */
  get abortFlag(): Uint8Array {
    return this.#context?.abortFlag ?? new Uint8Array(1);
  }

  /** Takes a command. What is wrong with a request is told as its error. */
  command(command: EngineCommand): void {
    if (this.#disposed) throw new DisposedError("engine");
    switch (command.type) {
      case "submit":
        this.#submit(command.id, command.request);
        break;
      case "cancel":
        this.#cancel(command.id, new MullamaError("ABORTED", "The request was cancelled."));
        break;
      case "pause":
        this.#generations?.pause(command.id);
        break;
      case "resume":
        this.#generations?.resume(command.id);
        break;
      case "dispose":
        this.dispose();
    }
    this.#flush();
  }

  /** Computes one batch for each kind of work. @returns whether there is more to do now */
  step(): boolean {
    if (this.#disposed) return false;
    const generating = this.#generations?.step() ?? false;
    if (this.#embeddings.waiting > 0) {
      for (const { id, ...outcome } of this.#embeddings.step()) {
        if ("error" in outcome) this.#fail(id, outcome.error);
        else this.#finish(id, outcome.result);
      }
    }
    this.#flush();
    return generating || this.#embeddings.waiting > 0;
  }

  get metrics(): EngineMetrics {
    const generations = this.#generations?.metrics;
    const running = generations?.running ?? 0;
    return {
      requests: { running, waiting: (generations?.waiting ?? 0) + this.#embeddings.waiting, finished: this.#finished },
      slots: { total: this.info.parallel, busy: running },
      cache: generations?.cache ?? { tokens: 0, capacity: 0, sequences: 0, hostBytes: 0, diskBytes: 0 },
      tokens: generations?.tokens ?? { prompt: 0, cached: 0, completion: 0, draft: 0, acceptedDraft: 0 },
      steps: generations?.steps ?? { count: 0, meanTokens: 0, batchSize: 0 },
    };
  }

  /** @internal Mistakes of this program, for tests. */
  audit(): string[] {
    return this.#generations?.audit() ?? [];
  }

  /** Fails what is open with `DISPOSED`, and frees everything. Does nothing the second time. */
  dispose(): void {
    if (this.#disposed) return;
    for (const id of this.#open) this.#cancel(id, new DisposedError("engine"));
    this.#flush();
    this.#disposed = true;
    this.#generations?.dispose();
    this.#embeddings.dispose();
    this.#context?.dispose();
    this.#threadpool.dispose();
    this.#model.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #submit(id: number, request: EngineRequest): void {
    this.#open.add(id);
    if (computes.has(request.type)) this.#computing.add(id);
    try {
      this.#begin(id, request);
      this.#setDeadline(id, request);
    } catch (error) {
      this.#cancel(id, error);
    }
  }

  #begin(id: number, request: EngineRequest): void {
    const { vocab } = this.#model;
    switch (request.type) {
      case "generate":
        return this.#generator().submit(id, request.request);
      case "embed":
        return this.#embeddings.submit(id, { type: "embed", request: request.request });
      case "rerank":
        return this.#embeddings.submit(id, { type: "rerank", request: request.request });
      case "save":
        return this.#generator().save(id, request.tokens);
      case "load":
        return this.#finish(id, this.#generator().load(request.state));
      case "tokenize":
        return this.#finish(id, tokenizeRequest(vocab, request));
      case "detokenize":
        return this.#finish(id, vocab.detokenize(request.tokens, request.options));
      case "pieces": {
        const pieces = Array.from(request.tokens, (token) => vocab.piece(token, { renderSpecial: true }));
        return this.#finish(id, pieces);
      }
      case "metrics":
        return this.#finish(id, this.metrics);
      case "clear-cache":
        this.#generations?.clearCache();
        return this.#finish(id, undefined);
    }
  }

  #generator(): GenerationDesk {
    if (this.#generations !== undefined) return this.#generations;
    throw new MullamaError("UNSUPPORTED", "This model gives embeddings or scores; it does not generate text.");
  }

  #setDeadline(id: number, { type, ...rest }: EngineRequest): void {
    const deadline = "request" in rest ? rest.request.deadline : undefined;
    if (deadline === undefined || !this.#open.has(id)) return;
    const miss = (): void => {
      this.#cancel(
        id,
        new MullamaError("DEADLINE_EXCEEDED", `The request (${type}) was not done within ${deadline} ms.`),
      );
      this.#flush();
    };
    this.#deadlines.set(id, setTimeout(miss, deadline).unref());
  }

  #cancel(id: number, error: unknown): void {
    if (!this.#open.has(id)) return;
    this.#generations?.cancel(id);
    this.#embeddings.cancel(id);
    this.#fail(id, error);
  }

  #finish<Type extends RequestType>(id: number, result: EngineResults[Type]): void {
    if (this.#end(id)) this.#events.push({ type: "result", id, result });
  }

  #fail(id: number, error: unknown): void {
    const failure = error instanceof Error ? error : new MullamaError("DECODE_FAILED", String(error));
    if (this.#end(id)) this.#events.push({ type: "error", id, error: failure });
  }

  /** Each request ends once. */
  #end(id: number): boolean {
    clearTimeout(this.#deadlines.get(id));
    this.#deadlines.delete(id);
    if (this.#computing.delete(id)) this.#finished++;
    return this.#open.delete(id);
  }

  #flush(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#emit(events);
  }
}

/** What a context would choose. */
function defaultThreads(model: Model): number {
  using context = model.createContext({ contextSize: 256 });
  return context.threads;
}
