import { DisposedError, MullamaError } from "../../errors.js";
import type { EngineInfo } from "../engine-info.js";
import type { EngineLoadOptions } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import type { EngineCommand } from "../protocol.js";
import { EngineProcess } from "./child-process.js";
import type { EngineHost, EventListener } from "./engine-host.js";
import { OpenRequests } from "./open-requests.js";
import { fromPlainEvents, type PlainEvent } from "./plain-error.js";

const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 10_000;
/** A process that has lived so long was no failure: the next one begins at once. */
const GOOD_LIFE_MS = 60_000;
/** So many starts in a row may fail before what waits for one fails. */
const MOST_STARTS = 5;

/**
 * An engine in a process of its own: when it dies, by an assertion in C or for lack of memory, its requests fail with
 * `ENGINE_CRASHED`, and another is started.
 */
export class ChildHost implements EngineHost {
  readonly local = false;
  readonly #options: EngineOptions;
  readonly #listener: EventListener;
  readonly #open = new OpenRequests();
  /** Commands for the next process. */
  #waiting: EngineCommand[] = [];
  #process: EngineProcess | undefined;
  #info: EngineInfo;
  #failures = 0;
  #startedAt = performance.now();
  #alive = false;
  #restart: NodeJS.Timeout | undefined;
  #starting: Promise<void> | undefined;
  #disposed = false;

  static async load(options: EngineOptions, listener: EventListener, load: EngineLoadOptions): Promise<EngineHost> {
    // It says nothing before there is a host that has given it a request.
    const events = (heard: readonly PlainEvent[]): void => host.hear(heard);
    const child = await EngineProcess.start(options, { events, died: (error) => host.died(error) }, load);
    const host = new ChildHost(options, listener, child);
    return host;
  }

  private constructor(options: EngineOptions, listener: EventListener, child: EngineProcess) {
    this.#options = options;
    this.#listener = listener;
    this.#process = child;
    this.#info = child.info;
  }

  get info(): EngineInfo {
    return this.#info;
  }

  /** The process that runs now, if one does. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  post(command: EngineCommand): void {
    this.#open.sent(command);
    if (this.#process !== undefined) {
      this.#process.send({ type: "command", command });
      return;
    }
    if (this.#disposed) {
      this.#listener(this.#open.fail(new DisposedError("engine")));
      return;
    }
    this.#queue(command);
    if (this.#restart === undefined && this.#starting === undefined) this.#startLater();
  }

  interrupt(): void {
    this.#process?.send({ type: "interrupt" });
  }

  keepAlive(alive: boolean): void {
    this.#alive = alive;
    this.#process?.keepAlive(alive);
    if (alive) this.#restart?.ref();
    else this.#restart?.unref();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#restart);
    await this.#starting;
    await this.#process?.end();
    this.#process = undefined;
    this.#listener(this.#open.fail(new DisposedError("engine")));
  }

  /** @internal */
  hear(events: readonly PlainEvent[]): void {
    this.#listener(this.#open.heard(fromPlainEvents(events)));
  }

  /** @internal */
  died(error: MullamaError): void {
    this.#process = undefined;
    this.#failures = performance.now() - this.#startedAt > GOOD_LIFE_MS ? 0 : this.#failures + 1;
    this.#listener(this.#open.fail(error));
    this.#startLater();
  }

  /** Keeps a command until there is a process; a request that is cancelled meanwhile never gets there. */
  #queue(command: EngineCommand): void {
    if (command.type !== "cancel") {
      this.#waiting.push(command);
      return;
    }
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((other) => !("id" in other) || other.id !== command.id);
    if (this.#waiting.length === before) return;
    const error = new MullamaError("ABORTED", "The request was cancelled.");
    this.#listener(this.#open.heard([{ type: "error", id: command.id, error }]));
  }

  #startLater(): void {
    if (this.#disposed) return;
    const wait = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.max(0, this.#failures - 1));
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.#starting = this.#start().finally(() => (this.#starting = undefined));
    }, wait);
    if (!this.#alive) this.#restart.unref();
  }

  async #start(): Promise<void> {
    this.#startedAt = performance.now();
    const listener = {
      events: (events: readonly PlainEvent[]) => this.hear(events),
      died: (error: MullamaError) => this.died(error),
    };
    try {
      this.#process = await EngineProcess.start(this.#options, listener, {});
    } catch (error) {
      this.#failures++;
      if (this.#failures < MOST_STARTS) return this.#startLater();
      this.#failures = 0;
      this.#waiting = [];
      this.#listener(this.#open.fail(error as Error));
      return;
    }
    this.#info = this.#process.info;
    this.#process.keepAlive(this.#alive);
    for (const command of this.#waiting.splice(0)) this.#process.send({ type: "command", command });
  }
}
