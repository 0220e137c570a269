import { DisposedError, MullamaError } from "../errors.js";
import { load, LoadedModel, type LoadOptions } from "../mullama.js";

/** How a model is loaded that goes by a name of its own. */
export interface MullamaModelSettings extends LoadOptions {
  /** What `load` is given: a name, or the path of a file. */
  readonly name: string;
}

/** Models by the names that they are asked for; loads each on its first use, once. */
export class ModelSource implements AsyncDisposable {
  readonly #options: LoadOptions;
  readonly #models: Readonly<Record<string, LoadedModel | MullamaModelSettings>>;
  readonly #loaded = new Map<string, Promise<LoadedModel>>();
  readonly #over = new AbortController();
  #disposed: Promise<void> | undefined;

  constructor(options: LoadOptions, models: Readonly<Record<string, LoadedModel | MullamaModelSettings>>) {
    this.#options = options;
    this.#models = models;
  }

  /**
   * Gives a model. A signal that fires ends the waiting, not the loading, since others may wait as well.
   *
   * @throws {MullamaError} what `load` throws; `ABORTED`, `DISPOSED`. A later call tries again.
   */
  async get(id: string, signal?: AbortSignal): Promise<LoadedModel> {
    if (this.#disposed !== undefined) throw new DisposedError("provider");
    const known = Object.hasOwn(this.#models, id) ? this.#models[id] : undefined;
    if (known instanceof LoadedModel) return known;
    let loading = this.#loaded.get(id);
    if (loading === undefined) {
      loading = this.#load(known ?? { name: id });
      this.#loaded.set(id, loading);
      loading.catch(() => this.#loaded.delete(id));
    }
    return signal === undefined ? loading : unlessAborted(loading, signal);
  }

  #load({ name, ...own }: MullamaModelSettings): Promise<LoadedModel> {
    const options = { ...this.#options, ...own };
    const signals = [this.#over.signal, ...(options.signal === undefined ? [] : [options.signal])];
    return load(name, { ...options, signal: AbortSignal.any(signals) });
  }

  /** Disposes of what it loaded, and stops what it is loading. Models that it was given are their owner's. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#free();
    return this.#disposed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #free(): Promise<void> {
    this.#over.abort();
    const models = await Promise.allSettled(this.#loaded.values());
    await Promise.all(models.flatMap((one) => (one.status === "fulfilled" ? [one.value.dispose()] : [])));
  }
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void =>
      reject(new MullamaError("ABORTED", "The request was cancelled.", { cause: signal.reason }));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
