import type { LoadProgress } from "../../mullama.js";
import type { ServedModel } from "../directory/served-model.js";
import type { LoadCall, MemoryNeed, PooledModelInfo, PoolModel } from "./pool-options.js";

/** The longest time that a timer can take. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface EntryEvents {
  progress(progress: LoadProgress): void;
  /** Nobody uses it any more, and its time is over. */
  expired(): void;
  /** One user less. */
  released(): void;
}

/** One model of a pool, from the decision to load it to its end. */
export class PoolEntry<Model extends PoolModel> {
  readonly served: ServedModel;
  readonly memory: MemoryNeed;
  readonly #events: EntryEvents;
  readonly #cancelled = new AbortController();
  readonly loaded: Promise<Model>;
  #model: Model | undefined;
  #progress: LoadProgress | undefined;
  #users = 0;
  #keepAlive: number;
  #expiry: NodeJS.Timeout | undefined;
  #expiresAt: number | undefined;
  #loadedAt: number | undefined;
  #lastUsedAt = Date.now();
  /** Whether the pool has let go of it: it ends with its last user. */
  #detached = false;
  readonly #gone: Promise<void>;
  #end: () => void = () => undefined;

  constructor(
    served: ServedModel,
    memory: MemoryNeed,
    keepAlive: number,
    load: (served: ServedModel, call: LoadCall) => Promise<Model>,
    events: EntryEvents,
  ) {
    this.served = served;
    this.memory = memory;
    this.#keepAlive = keepAlive;
    this.#events = events;
    this.#gone = new Promise<void>((resolve) => (this.#end = resolve)).then(() => this.#finish());
    this.loaded = this.#load(load);
    // Each of its users hears of an error; where there is none left, nobody has to.
    this.loaded.catch(() => undefined);
  }

  async #load(load: (served: ServedModel, call: LoadCall) => Promise<Model>): Promise<Model> {
    const onProgress = (progress: LoadProgress): void => {
      this.#progress = progress;
      this.#events.progress(progress);
    };
    const model = await load(this.served, { signal: this.#cancelled.signal, onProgress });
    this.#model = model;
    this.#loadedAt = Date.now();
    return model;
  }

  get users(): number {
    return this.#users;
  }

  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  get detached(): boolean {
    return this.#detached;
  }

  get info(): PooledModelInfo<Model> {
    return {
      id: this.served.id,
      served: this.served,
      state: this.#model === undefined ? "loading" : "ready",
      model: this.#model,
      users: this.#users,
      memory: this.memory,
      progress: this.#model === undefined ? this.#progress : undefined,
      loadedAt: this.#loadedAt === undefined ? undefined : new Date(this.#loadedAt),
      lastUsedAt: new Date(this.#lastUsedAt),
      expiresAt: this.#expiresAt === undefined ? undefined : new Date(this.#expiresAt),
    };
  }

  /** One user more. @param keepAlive how long it stays from now on, where the user has a say in it */
  take(keepAlive: number | undefined): void {
    this.#users++;
    if (keepAlive !== undefined) this.#keepAlive = keepAlive;
    clearTimeout(this.#expiry);
    this.#expiresAt = undefined;
  }

  release(): void {
    this.#users--;
    this.#lastUsedAt = Date.now();
    if (this.#users === 0) {
      if (this.#detached) this.#end();
      // Nobody waits for it to be loaded any more.
      else if (this.#model === undefined) this.#events.expired();
      else this.#startExpiry();
    }
    this.#events.released();
  }

  #startExpiry(): void {
    if (this.#keepAlive === 0) return this.#events.expired();
    if (this.#keepAlive === Infinity) return;
    this.#expiresAt = Date.now() + this.#keepAlive;
    this.#expiry = setTimeout(() => this.#events.expired(), Math.min(this.#keepAlive, LONGEST_TIMER_MS));
    this.#expiry.unref();
  }

  /** Lets go of it, and waits for its end, which comes with its last user. @param force whether users are left with an error */
  async detach(force = false): Promise<void> {
    this.#detached = true;
    clearTimeout(this.#expiry);
    this.#expiresAt = undefined;
    if (this.#users === 0 || force) this.#end();
    await this.#gone;
  }

  async #finish(): Promise<void> {
    this.#cancelled.abort();
    const model = await this.loaded.catch(() => undefined);
    // A process that is gone already has nothing left to free.
    await model?.dispose().catch(() => undefined);
  }
}
