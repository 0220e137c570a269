import { Worker } from "node:worker_threads";
import { DisposedError, MullamaError } from "../../errors.js";
import type { EngineInfo } from "../engine-info.js";
import type { EngineLoadOptions } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import type { EngineCommand } from "../protocol.js";
import type { EngineHost, EventListener } from "./engine-host.js";
import { inheritedOptions, workerEntry } from "./entries.js";
import { OpenRequests } from "./open-requests.js";
import { fromPlainError, fromPlainEvents } from "./plain-error.js";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-protocol.js";

/** How long a thread may take to end before it is stopped; only a computation that heeds no abort flag takes so long. */
const END_MS = 10_000;

/** An engine on a thread of its own: the event loop stays free while it computes. */
export class WorkerHost implements EngineHost {
  readonly local = false;
  readonly info: EngineInfo;
  readonly #worker: Worker;
  readonly #abortFlag: Uint8Array;
  readonly #listener: EventListener;
  readonly #open = new OpenRequests();
  readonly #ended: Promise<void>;
  #gone: Error | undefined;

  static async load(options: EngineOptions, listener: EventListener, load: EngineLoadOptions): Promise<EngineHost> {
    const start: WorkerStart = { eventPipe: undefined };
    const worker = new Worker(workerEntry, { name: "mullama", execArgv: inheritedOptions(), workerData: start });
    try {
      const { info, abortFlag } = await loadIn(worker, options, load);
      return new WorkerHost(worker, info, abortFlag, listener);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  private constructor(worker: Worker, info: EngineInfo, abortFlag: Uint8Array, listener: EventListener) {
    this.#worker = worker;
    this.info = info;
    this.#abortFlag = abortFlag;
    this.#listener = listener;
    worker.on("message", (message: FromWorker) => {
      if (message.type === "events") listener(this.#open.heard(fromPlainEvents(message.events)));
    });
    let cause: unknown;
    worker.on("error", (error) => (cause = error));
    this.#ended = new Promise((resolve) => {
      worker.on("exit", (code) => {
        this.#gone ??= new MullamaError("ENGINE_CRASHED", `The engine's thread has ended (exit code ${code}).`, {
          cause,
        });
        listener(this.#open.fail(this.#gone));
        resolve();
      });
    });
    worker.unref();
  }

  post(command: EngineCommand): void {
    this.#open.sent(command);
    if (this.#gone !== undefined) this.#listener(this.#open.fail(this.#gone));
    else send(this.#worker, { type: "command", command });
  }

  interrupt(): void {
    this.#abortFlag[0] = 1;
  }

  keepAlive(alive: boolean): void {
    if (alive) this.#worker.ref();
    else this.#worker.unref();
  }

  async dispose(): Promise<void> {
    this.#gone ??= new DisposedError("engine");
    this.#worker.ref();
    send(this.#worker, { type: "command", command: { type: "dispose" } });
    this.interrupt();
    const late = setTimeout(() => void this.#worker.terminate(), END_MS);
    await this.#ended;
    clearTimeout(late);
  }
}

function loadIn(
  worker: Worker,
  options: EngineOptions,
  { signal, onProgress }: EngineLoadOptions,
): Promise<Extract<FromWorker, { type: "ready" }>> {
  return new Promise((resolve, reject) => {
    const abort = (): void => send(worker, { type: "abort-load" });
    const hear = (message: FromWorker): void => {
      if (message.type === "progress") onProgress?.(message.progress);
      else if (message.type === "ready") end(() => resolve(message));
      else if (message.type === "load-failed") end(() => reject(fromPlainError(message.error)));
    };
    const fail = (cause: unknown): void =>
      end(() => reject(new MullamaError("ENGINE_CRASHED", "The engine's thread could not be started.", { cause })));
    const exit = (code: number): void => fail(`exit code ${code}`);
    const end = (settle: () => void): void => {
      signal?.removeEventListener("abort", abort);
      worker.off("message", hear).off("error", fail).off("exit", exit);
      settle();
    };
    worker.on("message", hear).on("error", fail).on("exit", exit);
    signal?.addEventListener("abort", abort, { once: true });
    send(worker, { type: "load", options });
    if (signal?.aborted === true) abort();
  });
}

function send(worker: Worker, message: ToWorker): void {
  worker.postMessage(message, []);
}
