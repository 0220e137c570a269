import { DisposedError, MullamaError } from "../../errors.js";
import type { ServedLoadOptions, ServedModel } from "../directory/served-model.js";
import { Admission } from "./admission.js";
import { ModelLease } from "./model-lease.js";
import { orAborted } from "./or-aborted.js";
import { PoolEntry } from "./pool-entry.js";
import type { PooledModelInfo, PoolEvent, PoolModel, PoolOptions, UnloadReason } from "./pool-options.js";

const KEEP_ALIVE_MS = 5 * 60_000;

export interface LeaseOptions {
  /** Gives up waiting for the model. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the model stays after its last use, from now on; 0 is not at all, Infinity for ever. */
  readonly keepAlive?: number | undefined;
  /** How it is loaded, beside what is said of it; where it is loaded in another way, it is loaded again. */
  readonly load?: ServedLoadOptions | undefined;
}

/**
 * Models that are loaded when someone wants them, and unloaded when nobody has for a while, or when others need the room.
 *
 * @example
 * const { text } = await pool.use("smollm2:135m", (model) => model.generate("Once upon a time"));
 */
export class ModelPool<Model extends PoolModel> implements AsyncDisposable {
  readonly #options: PoolOptions<Model>;
  readonly #entries = new Map<string, PoolEntry<Model>>();
  /** Those that end with their last request, and take room until then. */
  readonly #leaving = new Set<PoolEntry<Model>>();
  readonly #listeners = new Set<(event: PoolEvent) => void>();
  readonly #admission: Admission<Model>;
  #closed: Promise<void> | undefined;

  constructor(options: PoolOptions<Model>) {
    this.#options = options;
    this.#admission = new Admission(options, {
      entries: () => [...this.#entries.values(), ...this.#leaving],
      evict: (entry) => this.#remove(entry, "evicted"),
      progress: ({ id }, progress) => this.#tell({ type: "loading", id, progress }),
    });
  }

  /**
   * Loads a model, if it is not, and keeps it from being unloaded until the lease is released.
   *
   * @throws {MullamaError} what `load` throws; `OUT_OF_MEMORY` where it has no room, `BUSY` where others do not make
   * room in time; `ABORTED`
   */
  async lease(name: string, { signal, keepAlive, load = {} }: LeaseOptions = {}): Promise<ModelLease<Model>> {
    const found = await this.#options.find(name);
    const served = { ...found, options: { ...found.options, ...load } };
    const entry = await this.#take(served, keepAlive ?? served.keepAlive, signal);
    try {
      const model = await orAborted(entry.loaded, signal);
      return new ModelLease(model, served, (error) => {
        if (hasCrashed(error)) this.#crashed(entry, error);
        entry.release();
      });
    } catch (error) {
      entry.release();
      throw error;
    }
  }

  /** Works with a model, which stays loaded meanwhile. */
  async use<Result>(
    name: string,
    work: (model: Model, served: ServedModel) => Promise<Result>,
    options: LeaseOptions = {},
  ): Promise<Result> {
    using lease = await this.lease(name, options);
    try {
      return await work(lease.model, lease.served);
    } catch (error) {
      lease.failed(error);
      throw error;
    }
  }

  /** Loads a model, to be used later. */
  async load(name: string, options: LeaseOptions = {}): Promise<void> {
    const lease = await this.lease(name, options);
    lease.release();
  }

  /** Unloads a model when its requests have ended; new ones load it again. @returns whether it was loaded */
  async unload(name: string): Promise<boolean> {
    const { id } = await this.#options.find(name);
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    await this.#remove(entry, "asked");
    return true;
  }

  /** What is loaded or being loaded, the last used first. */
  list(): readonly PooledModelInfo<Model>[] {
    return [...this.#entries.values()].sort((a, b) => b.lastUsedAt - a.lastUsedAt).map(({ info }) => info);
  }

  /** Hears of what happens. @returns what ends that */
  subscribe(listener: (event: PoolEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Unloads everything; requests that go on fail with `DISPOSED`. */
  dispose(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #close(): Promise<void> {
    const leaving = [...this.#leaving].map((entry) => entry.detach(true));
    await Promise.all([...leaving, ...[...this.#entries.values()].map((entry) => this.#remove(entry, "closed", true))]);
  }

  /** The entry of a model, with one user more from the moment that it is found or made. */
  async #take(
    served: ServedModel,
    keepAlive: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<PoolEntry<Model>> {
    for (;;) {
      if (this.#closed !== undefined) throw new DisposedError("model pool");
      const known = this.#entries.get(served.id);
      if (known !== undefined && sameModel(known.served, served)) {
        known.take(keepAlive);
        return known;
      }
      if (known !== undefined) void this.#remove(known, "changed");
      const made = await this.#admission.admit(served, signal, (memory) => {
        // Someone else may have begun to load it meanwhile, or the pool may have been closed.
        if (this.#closed !== undefined || this.#entries.has(served.id)) return undefined;
        const entry = this.#begin(served, memory);
        entry.take(keepAlive);
        return entry;
      });
      if (made !== undefined) return made;
    }
  }

  #begin(served: ServedModel, memory: PoolEntry<Model>["memory"]): PoolEntry<Model> {
    const { id } = served;
    const begun = performance.now();
    const entry: PoolEntry<Model> = new PoolEntry(
      served,
      memory,
      served.keepAlive ?? this.#options.keepAlive ?? KEEP_ALIVE_MS,
      this.#options.load,
      {
        progress: (progress) => this.#tell({ type: "loading", id, progress }),
        expired: () => void this.#remove(entry, "idle"),
        released: () => this.#admission.changed(),
      },
    );
    this.#entries.set(id, entry);
    this.#tell({ type: "loading", id, progress: undefined });
    entry.loaded.then(
      () => this.#tell({ type: "loaded", id, ms: performance.now() - begun }),
      (error: unknown) => {
        if (this.#entries.get(id) === entry) this.#entries.delete(id);
        this.#admission.changed();
        this.#tell({ type: "load-failed", id, error });
      },
    );
    return entry;
  }

  #crashed(entry: PoolEntry<Model>, error: unknown): void {
    if (entry.detached) return;
    this.#tell({ type: "crashed", id: entry.served.id, error });
    void this.#remove(entry, "crashed");
  }

  async #remove(entry: PoolEntry<Model>, reason: UnloadReason, force = false): Promise<void> {
    const { id } = entry.served;
    if (this.#entries.get(id) !== entry) return;
    this.#entries.delete(id);
    this.#leaving.add(entry);
    await entry.detach(force);
    this.#leaving.delete(entry);
    this.#tell({ type: "unloaded", id, reason });
    this.#admission.changed();
  }

  #tell(event: PoolEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function sameModel(one: ServedModel, other: ServedModel): boolean {
  return one === other || keyOf(one) === keyOf(other);
}

function hasCrashed(error: unknown): boolean {
  return MullamaError.isInstance(error) && error.code === "ENGINE_CRASHED";
}

/** What is another model where it differs. */
function keyOf({ source, revision, options }: ServedModel): string {
  return JSON.stringify([source, revision, options]);
}
