import { MullamaError } from "../errors.js";
import { captureLog, type Pointer, sizeOf, writeStruct } from "../native/index.js";
import { disposeOf, Handle, own } from "./handle.js";
import { api } from "./library.js";
import { checkIdle } from "./threadpool-use.js";
import { type ThreadpoolOptions, threadpoolParams } from "./threadpool-options.js";

/**
 * Threads that compute, kept between computations (`struct ggml_threadpool`), to be attached to one or more contexts.
 *
 * Without one, every computation starts and ends its own threads.
 *
 * @example
 * using pool = new Threadpool({ threads: 4 });
 * context.attachThreadpool(pool);
 */
export class Threadpool implements Disposable {
  /** The number of threads, the one that computes included. */
  readonly threads: number;
  readonly #handle: Handle<"ggml_threadpool">;

  /**
   * Starts the threads (`ggml_threadpool_new`).
   *
   * @throws {ArgumentError} for a number of threads beyond 1 to 512, and other wrong options
   */
  constructor(options: ThreadpoolOptions) {
    const params = new Uint8Array(sizeOf("ggml_threadpool_params"));
    writeStruct("ggml_threadpool_params", params, threadpoolParams(options));
    const { result, log } = captureLog(api(), () => api().ggml_threadpool_new(params));
    if (result === null) throw new MullamaError("OUT_OF_SPACE", "The threadpool could not be made.", { log });
    this.#handle = own(this, new Handle("threadpool", result, { free: "ggml_threadpool_free" }));
    this.threads = options.threads;
  }

  /**
   * Lets the threads sleep until {@link resume} or the next computation (`ggml_threadpool_pause`).
   *
   * @throws {MullamaError} `BUSY` while an asynchronous computation runs on it, which would wait for ever
   */
  pause(): void {
    api().ggml_threadpool_pause(this.#idlePointer);
  }

  /** Wakes the threads (`ggml_threadpool_resume`). */
  resume(): void {
    api().ggml_threadpool_resume(this.#idlePointer);
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#handle.disposed;
  }

  /** Lets go of the threads (`ggml_threadpool_free`); they end when no context uses them any more. */
  dispose(): void {
    disposeOf(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get #idlePointer(): Pointer<"ggml_threadpool"> {
    const pointer = this.#handle.pointer;
    checkIdle(this.#handle);
    return pointer;
  }
}
