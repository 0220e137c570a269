import { Worker } from "node:worker_threads";
import { MullamaError } from "../../errors.js";
import { inheritedOptions } from "../../engine/hosts/entries.js";
import { fromPlainError } from "../../engine/hosts/plain-error.js";
import type { FromThread, ToThread } from "./thread-protocol.js";
import type { Work } from "./work.js";

/** Bundlers know this form of naming a thread's file. */
const entry = new URL("./thread-entry.js", import.meta.url);

/** Megabytes of a thread's heap; the largest of requests take a tenth of it. */
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };
/** Milliseconds beyond its time until a thread that does not look at the clock is ended. */
const GRACE_MS = 250;
/** Milliseconds until a thread that has nothing to do is ended. */
const IDLE_MS = 60_000;

/** How work ended; `late`: it would have taken too long, or too much memory. */
export type Outcome =
  | { readonly made: unknown }
  | { readonly error: Error; readonly late: boolean }
  | { readonly late: true };

interface Waiting {
  readonly work: Work;
  readonly signal: AbortSignal | undefined;
  settle(outcome: Outcome): void;
  fail(error: Error): void;
}

export interface LaneOptions {
  /** Milliseconds that a piece of work may take. */
  readonly longest: number;
  /** How many pieces may wait. */
  readonly most: number;
}

/** A thread that does one piece of work after another. What takes too long costs the thread, and nobody else's work. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: Waiting[] = [];
  #current: Waiting | undefined;
  #thread: Worker | undefined;
  #ready = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /**
   * @throws {MullamaError} `BUSY` where too much waits already; `ABORTED`; {DOMException} for what cannot be sent to a thread
   */
  do(work: Work, signal: AbortSignal | undefined): Promise<Outcome> {
    if (this.#queue.length >= this.#options.most) {
      throw new MullamaError("BUSY", "Too many templates and schemas wait to be worked on.", {
        hint: "Try again in a while.",
      });
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = this.#queue.indexOf(waiting);
        if (at >= 0) this.#queue.splice(at, 1);
        waiting.fail(new MullamaError("ABORTED", "The request was cancelled.", { cause: signal?.reason }));
      };
      const waiting: Waiting = {
        work,
        signal,
        settle: (outcome) => {
          signal?.removeEventListener("abort", leave);
          resolve(outcome);
        },
        fail: (error) => {
          signal?.removeEventListener("abort", leave);
          reject(error);
        },
      };
      if (signal?.aborted === true) return leave();
      signal?.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiting);
      this.#next();
    });
  }

  /** Gives the thread what waits the longest. */
  #next(): void {
    if (this.#current !== undefined) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return this.#rest();
    this.#current = waiting;
    this.#thread ??= this.#start();
    this.#thread.ref();
    if (this.#ready) this.#send(waiting);
  }

  #send(waiting: Waiting): void {
    const { longest } = this.#options;
    const message: ToThread = { work: waiting.work, longest };
    try {
      this.#thread?.postMessage(message, []);
    } catch (error) {
      this.#current = undefined;
      waiting.fail(error as Error);
      return this.#next();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), longest + GRACE_MS);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#thread?.unref();
    this.#timer = setTimeout(() => this.#end(), IDLE_MS).unref();
  }

  #start(): Worker {
    const thread = new Worker(entry, { name: "mullama-aside", execArgv: inheritedOptions(), resourceLimits: MEMORY });
    this.#ready = false;
    thread.on("message", (message: FromThread) => {
      if (this.#thread === thread) this.#hear(message);
    });
    let cause: unknown;
    thread.on("error", (error) => (cause = error));
    thread.on("exit", () => {
      if (this.#thread !== thread) return;
      // One that has worked has run out of memory.
      this.#end(this.#ready ? { late: true } : { error: neverBegan(cause), late: false });
    });
    return thread;
  }

  #hear(message: FromThread): void {
    if (message.type === "ready") {
      this.#ready = true;
      if (this.#current !== undefined) this.#send(this.#current);
      return;
    }
    const done = this.#current;
    this.#current = undefined;
    this.#next();
    if (message.type === "made") done?.settle({ made: message.made });
    else done?.settle({ error: fromPlainError(message.error), late: message.late });
  }

  /** Ends the thread, and what it works on; the next one goes on with what waits. */
  #end(outcome: Outcome = { late: true }): void {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = undefined;
    void thread?.terminate();
    const done = this.#current;
    this.#current = undefined;
    done?.settle(outcome);
    if (this.#queue.length > 0) this.#next();
  }
}

function neverBegan(cause: unknown): MullamaError {
  return new MullamaError("ENGINE_CRASHED", "The thread for templates and schemas could not be started.", { cause });
}
