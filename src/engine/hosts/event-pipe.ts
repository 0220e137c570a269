/**
 * The events of an engine in another process, on a pipe of their own that its thread writes to: through the main thread
 * they would be taken apart and put together once more, and a token would wait for one more thread to wake up.
 */
import { writeSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import type { PlainEvent } from "./plain-error.js";

/** The pipe's number in the engine's process. Windows and Deno have none: events go with the other messages there. */
export const EVENT_PIPE = process.platform === "win32" || process.versions["deno"] !== undefined ? undefined : 4;

/** Bytes before each list of events, which tell its length. */
const HEAD = 4;
/** How long a full pipe is left alone, in milliseconds. */
const FULL_PAUSE = 1;

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Writes events to the pipe, and waits while it is full. Once its reader is gone, nobody misses them. */
export function writeEvents(pipe: number, events: readonly PlainEvent[]): void {
  const body = serialize(events);
  const bytes = Buffer.allocUnsafe(HEAD + body.length);
  bytes.writeUInt32LE(body.length);
  body.copy(bytes, HEAD);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(pipe, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE" || code === "ECONNRESET") return;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(clock, 0, 0, FULL_PAUSE);
    }
  }
}

/** Puts together what {@link writeEvents} wrote, from pieces of any size. */
export class EventReader {
  readonly #hear: (events: readonly PlainEvent[]) => void;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(hear: (events: readonly PlainEvent[]) => void) {
    this.#hear = hear;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    for (let body = this.#next(); body !== undefined; body = this.#next()) {
      this.#hear(deserialize(body) as readonly PlainEvent[]);
    }
  }

  /** The next list, once it is whole. */
  #next(): Buffer | undefined {
    if (this.#length < HEAD) return undefined;
    const [first = Buffer.alloc(0)] = this.#pieces;
    const length = (first.length < HEAD ? this.#join() : first).readUInt32LE();
    if (this.#length < HEAD + length) return undefined;
    const all = this.#join();
    const rest = all.subarray(HEAD + length);
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return all.subarray(HEAD, HEAD + length);
  }

  #join(): Buffer {
    const [first, second] = this.#pieces;
    const joined = first !== undefined && second === undefined ? first : Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }
}
