import { MullamaError } from "../../errors.js";
import type { LoadProgress } from "../../mullama.js";
import type { ServedModel } from "../directory/served-model.js";
import { orAborted } from "./or-aborted.js";
import type { PoolEntry } from "./pool-entry.js";
import type { MemoryNeed, PoolModel, PoolOptions } from "./pool-options.js";

const PATIENCE_MS = 60_000;

interface Residents<Model extends PoolModel> {
  /** All that take room: those that are loading, loaded, or on their way out. */
  entries(): readonly PoolEntry<Model>[];
  evict(entry: PoolEntry<Model>): Promise<void>;
  /** A file is being fetched, to tell what its model will need. */
  progress(served: ServedModel, progress: LoadProgress): void;
}

interface Estimate {
  readonly need: Promise<MemoryNeed>;
  readonly stop: AbortController;
  /** How many wait for it. */
  waiting: number;
}

/** Decides when a model may be loaded, one at a time, and makes room for it. */
export class Admission<Model extends PoolModel> {
  readonly #options: PoolOptions<Model>;
  readonly #residents: Residents<Model>;
  readonly #waiting = new Set<() => void>();
  readonly #estimates = new Map<string, Estimate>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: PoolOptions<Model>, residents: Residents<Model>) {
    this.#options = options;
    this.#residents = residents;
  }

  /** Something in the pool is not as it was: there may be room now. */
  changed(): void {
    for (const wake of this.#waiting) wake();
  }

  /**
   * Makes room for a model, and calls `begin` in the same moment.
   *
   * @throws {MullamaError} `OUT_OF_MEMORY` where there can be no room; `BUSY` where others do not make any; `ABORTED`
   */
  async admit<Result>(
    served: ServedModel,
    signal: AbortSignal | undefined,
    begin: (memory: MemoryNeed) => Result,
  ): Promise<Result> {
    // Nobody else waits while a file is fetched or read for this.
    const need = await this.#estimate(served, signal);
    const until = performance.now() + (this.#options.patience ?? PATIENCE_MS);
    const before = this.#last;
    let leave = (): void => undefined;
    this.#last = new Promise((resolve) => (leave = resolve));
    try {
      await orAborted(before, signal);
      await this.#makeRoom(served, need, until, signal);
      return begin(need);
    } finally {
      void before.then(leave);
    }
  }

  /** What a model will need; told once for all who ask at the same time, and no more when all of them have gone. */
  async #estimate(served: ServedModel, signal: AbortSignal | undefined): Promise<MemoryNeed> {
    const asked = this.#estimates.get(served.id) ?? this.#beginEstimate(served);
    asked.waiting++;
    try {
      return await orAborted(asked.need, signal);
    } finally {
      if (--asked.waiting === 0) {
        if (this.#estimates.get(served.id) === asked) this.#estimates.delete(served.id);
        asked.stop.abort();
      }
    }
  }

  #beginEstimate(served: ServedModel): Estimate {
    const stop = new AbortController();
    const onProgress = (progress: LoadProgress): void => this.#residents.progress(served, progress);
    const nothing = Promise.resolve({ host: 0, gpu: 0 });
    const need = this.#options.estimate?.(served, { signal: stop.signal, onProgress }) ?? nothing;
    need.catch(() => undefined);
    const begun = { need, stop, waiting: 0 };
    this.#estimates.set(served.id, begun);
    return begun;
  }

  /** @param until when, by the machine's clock, there must be room: those who wait in line wait at the same time */
  async #makeRoom(
    served: ServedModel,
    need: MemoryNeed,
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (;;) {
      const entries = this.#residents.entries();
      const shortage = this.#shortage(need, entries);
      if (shortage === undefined) return;
      const movable = entries.filter((entry) => !entry.served.pinned);
      const most = movable.reduce((sum, { memory }) => sum + memory.host, 0);
      if (movable.length === 0 || shortage.bytes > most) throw tooLarge(served, need, shortage.bytes);
      const [idle] = movable
        .filter(({ users, detached }) => users === 0 && !detached)
        .sort((a, b) => a.lastUsedAt - b.lastUsedAt);
      if (idle !== undefined) await this.#residents.evict(idle);
      else if (!(await this.#change(until - performance.now(), signal))) throw busy(served, entries);
    }
  }

  /** What is missing: bytes, or only a place. */
  #shortage(need: MemoryNeed, entries: readonly PoolEntry<Model>[]): { readonly bytes: number } | undefined {
    const granted = entries.reduce((sum, { memory }) => sum + memory.host, 0);
    const bytes = need.host - (this.#options.room?.(granted) ?? Infinity);
    if (bytes > 0) return { bytes };
    return entries.length >= (this.#options.maxModels ?? Infinity) ? { bytes: 0 } : undefined;
  }

  /** Waits for something to change. @returns false where nothing has in time */
  async #change(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
    let wake: (() => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    const changed = new Promise<boolean>((resolve) => {
      wake = () => resolve(true);
      this.#waiting.add(wake);
      timer = setTimeout(() => resolve(false), Math.max(0, ms));
    });
    try {
      return await orAborted(changed, signal);
    } finally {
      clearTimeout(timer);
      if (wake !== undefined) this.#waiting.delete(wake);
    }
  }
}

function tooLarge({ id }: ServedModel, need: MemoryNeed, missing: number): MullamaError {
  return new MullamaError(
    "OUT_OF_MEMORY",
    `${id} needs ${mib(need.host)} of memory, ${mib(missing)} more than this machine can give it.`,
    { hint: "Take a smaller model or quantization, give it a smaller contextSize, or unload what is pinned." },
  );
}

function busy({ id }: ServedModel, entries: readonly { readonly served: ServedModel }[]): MullamaError {
  const names = entries.map(({ served }) => served.id).join(", ");
  return new MullamaError("BUSY", `There is no room for ${id} while ${names} are in use.`, {
    hint: "Try again later, or allow fewer models at a time.",
  });
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
