import { ArgumentError, DisposedError, MullamaError } from "../../errors.js";
import type { EngineInfo } from "../engine-info.js";
import type { EngineLoadOptions } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import type { GenerationRequest } from "../generation-request.js";
import type { EngineEvent, EngineRequest, EngineResults, GenerationFinish } from "../protocol.js";
import { ChildHost } from "./child-host.js";
import type { EngineHost, HostFactory } from "./engine-host.js";
import { GenerationStream } from "./generation-stream.js";
import { InlineHost } from "./inline-host.js";
import { holdsFunctions } from "./processor-modules.js";
import { WorkerHost } from "./worker-host.js";

/** Where an engine runs: on this thread, on one of its own, or in a process of its own. */
export type HostKind = "inline" | "worker" | "child";

const hosts: Readonly<Record<HostKind, HostFactory>> = {
  inline: (...made) => InlineHost.load(...made),
  worker: (...made) => WorkerHost.load(...made),
  child: (...made) => ChildHost.load(...made),
};

export interface RequestOptions {
  /** Cancels the request, which fails with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

export interface StreamOptions extends RequestOptions {
  /** Chunks that may wait to be read before the request pauses. Default 256. */
  readonly highWater?: number;
}

/** How a generation has ended: with its result, or with an error when it had made so many tokens. */
export type GenerationEnd = { readonly finish: GenerationFinish } | { readonly error: Error; readonly tokens: number };

/** Hears of each generation when it is asked for; what it returns hears of its end. */
export type GenerationObserver = () => (end: GenerationEnd) => void;

/** What an engine is started with, beside what it is made of. */
export interface StartOptions extends EngineLoadOptions {
  readonly observe?: GenerationObserver | undefined;
}

/** Who waits for what becomes of a request. */
interface Waiter {
  /** Whether something of the answer has come. */
  started: boolean;
  event(event: EngineEvent): void;
}

/** Speaks to an engine, wherever it runs. */
export class EngineClient implements AsyncDisposable {
  readonly #host: EngineHost;
  readonly #waiters: Map<number, Waiter>;
  readonly #observe: GenerationObserver | undefined;
  #next = 1;
  #disposed: Promise<void> | undefined;

  /**
   * Starts a host, and loads its engine.
   *
   * @throws {MullamaError} what loading the model throws; `ENGINE_CRASHED`
   */
  static async start(
    kind: HostKind,
    options: EngineOptions,
    { observe, ...load }: StartOptions = {},
  ): Promise<EngineClient> {
    const waiters = new Map<number, Waiter>();
    const listener = (events: readonly EngineEvent[]): void => {
      for (const event of events) waiters.get(event.id)?.event(event);
    };
    return new EngineClient(await hosts[kind](options, listener, load), waiters, observe);
  }

  private constructor(host: EngineHost, waiters: Map<number, Waiter>, observe: GenerationObserver | undefined) {
    this.#observe = observe;
    this.#host = host;
    this.#waiters = waiters;
  }

  /** What its model is, and what it was given. */
  get info(): EngineInfo {
    return this.#host.info;
  }

  /** The process that the engine runs in, where that is not this one. */
  get pid(): number | undefined {
    return this.#host instanceof ChildHost ? this.#host.pid : undefined;
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#disposed !== undefined;
  }

  /** Asks for something, and waits for its result. */
  request<Request extends EngineRequest>(
    request: Request,
    options: RequestOptions = {},
  ): Promise<EngineResults[Request["type"]]> {
    return new Promise((resolve, reject) => {
      this.#submit(request, options, (event) => {
        if (event.type === "result") resolve(event.result as EngineResults[Request["type"]]);
        else if (event.type === "error") reject(event.error);
      });
    });
  }

  /** Asks for an answer that comes in chunks. */
  stream(request: GenerationRequest, { signal, highWater = 256 }: StreamOptions = {}): GenerationStream {
    if (!Number.isInteger(highWater) || highWater < 1)
      throw new ArgumentError("highWater", "an integer of at least 1", highWater);
    const id = this.#next;
    const control = {
      pause: () => this.#host.post({ type: "pause", id }),
      resume: () => this.#host.post({ type: "resume", id }),
      cancel: () => this.#cancel(id),
    };
    const stream = new GenerationStream(control, highWater);
    const observed = this.#observe?.();
    let tokens = 0;
    this.#submit({ type: "generate", request }, { signal }, (event) => {
      if (event.type === "chunk") {
        tokens += event.chunk.tokens.length;
        stream.push(event.chunk);
      } else if (event.type === "result") {
        const finish = event.result as GenerationFinish;
        observed?.({ finish });
        stream.end({ finish });
      } else {
        observed?.({ error: event.error, tokens });
        stream.end({ error: event.error });
      }
    });
    return stream;
  }

  /** Fails what is open with `DISPOSED`, and ends the engine. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#host.dispose();
    return this.#disposed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #submit(request: EngineRequest, { signal }: RequestOptions, hear: (event: EngineEvent) => void): void {
    const id = this.#next++;
    const fail = (error: Error): void => hear({ type: "error", id, error });
    if (signal !== undefined && !(signal instanceof AbortSignal))
      return fail(new ArgumentError("signal", "an AbortSignal", signal));
    if (this.#disposed !== undefined) return fail(new DisposedError("engine"));
    if (signal?.aborted === true) return fail(aborted(signal));
    if (!this.#host.local && holdsFunctions(request)) {
      return fail(
        new ArgumentError("logitsProcessors", "modules: a function cannot be sent to another thread", "functions", {
          hint: 'Give { module: "file:///…" }, or run the engine inline.',
        }),
      );
    }
    const abort = (): void => this.#cancel(id);
    signal?.addEventListener("abort", abort, { once: true });
    const waiter: Waiter = {
      started: false,
      event: (event) => {
        waiter.started = true;
        if (event.type === "chunk") return hear(event);
        this.#waiters.delete(id);
        if (this.#waiters.size === 0) this.#host.keepAlive(false);
        signal?.removeEventListener("abort", abort);
        const cancelled =
          event.type === "error" && MullamaError.isInstance(event.error) && event.error.code === "ABORTED";
        if (cancelled && signal?.aborted === true) fail(aborted(signal));
        else hear(event);
      },
    };
    this.#waiters.set(id, waiter);
    if (this.#waiters.size === 1) this.#host.keepAlive(true);
    try {
      this.#host.post({ type: "submit", id, request });
    } catch (cause) {
      // What cannot be sent to another thread.
      const error = new MullamaError("ARGUMENT_INVALID", "The request cannot be sent to the engine.", { cause });
      waiter.event({ type: "error", id, error });
    }
  }

  /** The command first: when the computation stops, the engine must know for whose sake. */
  #cancel(id: number): void {
    const waiter = this.#waiters.get(id);
    if (waiter === undefined) return;
    this.#host.post({ type: "cancel", id });
    // A prompt may take long to compute; a token does not, and others would have to compute theirs again.
    if (!waiter.started) this.#host.interrupt();
  }
}

function aborted(signal: AbortSignal): MullamaError {
  return new MullamaError("ABORTED", "The request was cancelled.", { cause: signal.reason });
}
