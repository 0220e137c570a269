import { MullamaError } from "../errors.js";
import type { ChatEvent, ChatResult } from "./respond-options.js";

/** What a stream's maker gives it. */
export interface ChatStreamSource<Result extends ChatResult> {
  readonly events: AsyncGenerator<ChatEvent<Result>, Result>;
  endReasoning(): void;
  cancel(): void;
}

/**
 * An answer as it comes: what the model says, thinks and calls, and at last how it ended. Whoever leaves the loop cancels
 * the answer.
 *
 * @example
 * for await (const event of model.respond(messages)) if (event.type === "text") process.stdout.write(event.text);
 */
export class ChatStream<Result extends ChatResult = ChatResult> implements AsyncIterable<ChatEvent<Result>> {
  readonly #source: ChatStreamSource<Result>;
  #taken = false;
  #result: Promise<Result> | undefined;

  /** @internal */
  constructor(source: ChatStreamSource<Result>) {
    this.#source = source;
  }

  /** Ends the model's thinking now: it has to answer. Does nothing where it does not think. */
  endReasoning(): void {
    this.#source.endReasoning();
  }

  /** Stops the answer; its reader gets `ABORTED`. */
  cancel(): void {
    this.#source.cancel();
  }

  /** The whole answer. Where nobody reads the events, asking for it does. */
  get result(): Promise<Result> {
    if (this.#result === undefined) {
      this.#taken = true;
      this.#result = this.#drain();
    }
    return this.#result;
  }

  async #drain(): Promise<Result> {
    for (;;) {
      const { done, value } = await this.#source.events.next();
      if (done === true) return value;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChatEvent<Result>, Result> {
    if (this.#taken) throw new TypeError("This answer is being read already.");
    this.#taken = true;
    let settle: { resolve(result: Result): void; reject(error: unknown): void } | undefined;
    this.#result = new Promise((resolve, reject) => (settle = { resolve, reject }));
    this.#result.catch(() => undefined);
    try {
      for (;;) {
        const { done, value } = await this.#source.events.next();
        if (done === true) {
          settle?.resolve(value);
          return value;
        }
        yield value;
      }
    } catch (error) {
      settle?.reject(error);
      throw error;
    } finally {
      this.#source.cancel();
      // What it was made with is let go of before its reader goes on.
      await this.#source.events.return(undefined as never);
      settle?.reject(new MullamaError("ABORTED", "The answer was left before its end."));
    }
  }

  /** The texts of what it says, for a `Response` or `pipeTo`. */
  toReadableStream(): ReadableStream<string> {
    const events = this[Symbol.asyncIterator]();
    return new ReadableStream<string>(
      {
        pull: async (controller) => {
          for (;;) {
            const { done, value } = await events.next();
            if (done === true) return controller.close();
            if (value.type !== "text") continue;
            controller.enqueue(value.text);
            return;
          }
        },
        cancel: async () => void (await events.return(undefined as never)),
      },
      { highWaterMark: 0 },
    );
  }
}
