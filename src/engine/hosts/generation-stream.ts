import type { GenerationChunk, GenerationFinish } from "../protocol.js";

/** What a stream can ask of the engine. */
export interface StreamControl {
  pause(): void;
  resume(): void;
  cancel(): void;
}

/**
 * An answer as it comes: an async iterable of chunks. Its reader sets the pace: when it falls behind, its request waits,
 * and no other does; when it leaves, the request is cancelled.
 */
export class GenerationStream implements AsyncIterableIterator<GenerationChunk, GenerationFinish | undefined> {
  readonly #control: StreamControl;
  readonly #highWater: number;
  readonly #result: Promise<GenerationFinish>;
  #settle: { resolve(finish: GenerationFinish): void; reject(error: Error): void } | undefined;
  #chunks: GenerationChunk[] = [];
  #wake: (() => void) | undefined;
  #ended: { readonly finish?: GenerationFinish; readonly error?: Error } | undefined;
  #paused = false;
  /** Whether nobody reads the chunks one by one, so that they need not wait for a reader. */
  #unread = false;

  /** @param highWater chunks that may wait to be read before the request pauses */
  constructor(control: StreamControl, highWater: number) {
    this.#control = control;
    this.#highWater = highWater;
    this.#result = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Whoever reads the chunks hears of an error there.
    this.#result.catch(() => undefined);
  }

  /** How it ended, once it has. Asked for before any chunk was read, it does not wait for them to be. */
  get result(): Promise<GenerationFinish> {
    this.#unread = true;
    this.#relax();
    return this.#result;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<GenerationChunk, GenerationFinish | undefined>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#relax();
        return { done: false, value: chunk };
      }
      if (this.#ended !== undefined) {
        const { finish, error } = this.#ended;
        // Told once; after that it is over.
        this.#ended = {};
        if (error !== undefined) throw error;
        return { done: true, value: finish };
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Leaves: the request is cancelled, if it has not ended. */
  return(): Promise<IteratorResult<GenerationChunk, undefined>> {
    if (this.#ended === undefined) this.#control.cancel();
    this.#chunks = [];
    this.#ended = {};
    this.#wake?.();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The answer's texts as a web stream, for a `Response` or `pipeTo`. */
  toReadableStream(): ReadableStream<string> {
    return new ReadableStream<string>(
      {
        pull: async (controller) => {
          for (;;) {
            const { done, value } = await this.next();
            if (done === true) return controller.close();
            if (value.text === "") continue;
            controller.enqueue(value.text);
            return;
          }
        },
        cancel: async () => void (await this.return()),
      },
      { highWaterMark: 0 },
    );
  }

  /** @internal */
  push(chunk: GenerationChunk): void {
    if (this.#ended !== undefined) return;
    this.#chunks.push(chunk);
    this.#wake?.();
    if (this.#unread || this.#paused || this.#chunks.length < this.#highWater) return;
    this.#paused = true;
    this.#control.pause();
  }

  /** @internal */
  end(outcome: { readonly finish: GenerationFinish } | { readonly error: Error }): void {
    if ("error" in outcome) this.#settle?.reject(outcome.error);
    else this.#settle?.resolve(outcome.finish);
    this.#ended ??= outcome;
    this.#wake?.();
  }

  #relax(): void {
    if (!this.#paused || (!this.#unread && this.#chunks.length * 2 > this.#highWater)) return;
    this.#paused = false;
    this.#control.resume();
  }
}
