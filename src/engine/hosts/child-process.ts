/** One process that an engine runs in, from its start to its end. */
import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { MullamaError } from "../../errors.js";
import type { EngineInfo } from "../engine-info.js";
import type { EngineLoadOptions } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import { childEntry, inheritedOptions } from "./entries.js";
import { EVENT_PIPE, EventReader } from "./event-pipe.js";
import { fromPlainError, type PlainEvent } from "./plain-error.js";
import type { FromWorker, ToWorker } from "./worker-protocol.js";

/** How much of what the process last wrote to its standard error is kept, for saying why it died. */
const LAST_WORDS = 2000;
/** How long it may take to end before it is killed. */
const END_MS = 10_000;

export interface ChildListener {
  events(events: readonly PlainEvent[]): void;
  /** It has ended, though it was not asked to. */
  died(error: MullamaError): void;
}

export class EngineProcess {
  readonly info: EngineInfo;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #asked = false;

  static async start(options: EngineOptions, listener: ChildListener, load: EngineLoadOptions): Promise<EngineProcess> {
    const child = fork(fileURLToPath(childEntry), {
      execArgv: inheritedOptions(),
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc", EVENT_PIPE === undefined ? "ignore" : "pipe"],
    });
    const lastWords = listenTo(child);
    const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
    try {
      const info = await loadIn(child, options, load, lastWords);
      return new EngineProcess(child, info, ended, listener, lastWords);
    } catch (error) {
      child.kill("SIGKILL");
      await ended;
      throw error;
    }
  }

  private constructor(
    child: ChildProcess,
    info: EngineInfo,
    ended: Promise<void>,
    listener: ChildListener,
    lastWords: () => string,
  ) {
    this.#child = child;
    this.info = info;
    this.#ended = ended;
    const reader = new EventReader((events) => listener.events(events));
    eventPipeOf(child)?.on("data", (piece: Buffer) => reader.push(piece));
    child.on("message", (message: FromWorker) => {
      if (message.type === "events") listener.events(message.events);
    });
    child.once("close", (code, signal) => {
      if (!this.#asked) listener.died(crash(code, signal, lastWords()));
    });
    this.keepAlive(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToWorker): void {
    // What cannot be sent is failed when the end of the process is heard of.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  keepAlive(alive: boolean): void {
    const { stderr, channel } = this.#child;
    const handles = [this.#child, channel, stderr, eventPipeOf(this.#child)] as readonly (
      | { ref?(): void; unref?(): void }
      | null
      | undefined
    )[];
    for (const handle of handles) {
      if (alive) handle?.ref?.();
      else handle?.unref?.();
    }
  }

  async end(): Promise<void> {
    this.#asked = true;
    this.keepAlive(true);
    this.send({ type: "command", command: { type: "dispose" } });
    this.send({ type: "interrupt" });
    const late = setTimeout(() => this.#child.kill("SIGKILL"), END_MS);
    await this.#ended;
    clearTimeout(late);
  }
}

function eventPipeOf({ stdio }: ChildProcess): Socket | undefined {
  const pipe = EVENT_PIPE === undefined ? undefined : stdio[EVENT_PIPE];
  return pipe instanceof Socket ? pipe : undefined;
}

/** Keeps the last that a process writes to its standard error. */
function listenTo(child: ChildProcess): () => string {
  let last = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (last = (last + text).slice(-LAST_WORDS)));
  return () => last.trim();
}

function loadIn(
  child: ChildProcess,
  options: EngineOptions,
  { signal, onProgress }: EngineLoadOptions,
  lastWords: () => string,
): Promise<EngineInfo> {
  return new Promise((resolve, reject) => {
    const abort = (): void => void child.send({ type: "abort-load" } satisfies ToWorker, () => undefined);
    const hear = (message: FromWorker): void => {
      if (message.type === "progress") onProgress?.(message.progress);
      else if (message.type === "ready") end(() => resolve(message.info));
      else if (message.type === "load-failed") end(() => reject(fromPlainError(message.error)));
    };
    const fail = (error: Error): void => end(() => reject(crash(null, null, error.message)));
    const close = (code: number | null, kill: NodeJS.Signals | null): void =>
      end(() => reject(crash(code, kill, lastWords())));
    const end = (settle: () => void): void => {
      signal?.removeEventListener("abort", abort);
      child.off("message", hear).off("close", close).off("error", fail);
      child.on("error", () => undefined);
      settle();
    };
    child.on("message", hear).on("close", close).on("error", fail);
    signal?.addEventListener("abort", abort, { once: true });
    child.send({ type: "load", options } satisfies ToWorker, () => undefined);
    if (signal?.aborted === true) abort();
  });
}

function crash(code: number | null, signal: NodeJS.Signals | null, lastWords: string): MullamaError {
  const how = signal === null ? `exit code ${code}` : signal;
  const words = lastWords === "" ? "" : ` Its last words: ${lastWords}`;
  return new MullamaError("ENGINE_CRASHED", `The engine's process has ended (${how}).${words}`, {
    hint:
      signal === "SIGKILL"
        ? "The system kills processes when memory runs out; a smaller model or context needs less."
        : undefined,
  });
}
