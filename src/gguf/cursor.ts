import type { ByteSource } from "./byte-source.js";
import { GgufError } from "./error.js";
import { decodeText } from "./text.js";

const WINDOW = 256 * 1024;

/** Reads little-endian values one after the other, each checked against the end, through a window that moves over the source. */
export class Cursor {
  readonly #source: ByteSource;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #position = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#source.size - this.#position;
  }

  uint8(what: string): number {
    const at = this.#take(1, what);
    return this.#window.readUInt8(at);
  }

  uint32(what: string): number {
    const at = this.#take(4, what);
    return this.#window.readUInt32LE(at);
  }

  uint64(what: string): bigint {
    const at = this.#take(8, what);
    return this.#window.readBigUInt64LE(at);
  }

  /** A 64-bit count, length or offset, which has to be a number that JavaScript holds exactly. */
  size(what: string): number {
    const at = this.#take(8, what);
    const high = this.#window.readUInt32LE(at + 4);
    if (high >= 0x200000)
      throw new GgufError(`${what} is ${this.#window.readBigUInt64LE(at)}, which is absurd`, this.#position - 8);
    return high * 0x1_0000_0000 + this.#window.readUInt32LE(at);
  }

  /** A string with its length in front. Bytes that are not UTF-8 are kept, see `decodeText`. */
  string(what: string, maxBytes: number): string {
    const start = this.#position;
    const length = this.size(`the length of ${what}`);
    if (length > maxBytes || length > this.remaining) {
      const limit = length > this.remaining ? `the file has only ${this.remaining} left` : `the limit is ${maxBytes}`;
      throw new GgufError(`${what} is said to be ${length} bytes long, but ${limit}`, start);
    }
    const at = this.#take(length, what);
    return decodeText(this.#window, at, at + length);
  }

  /** The next `length` bytes, copied, so that they are aligned for any typed array. */
  bytes(length: number, what: string): ArrayBuffer {
    const at = this.#take(length, what);
    return new Uint8Array(this.#window.subarray(at, at + length)).buffer;
  }

  /** Moves over `length` bytes and returns where they start in the window. */
  #take(length: number, what: string): number {
    const start = this.#position - this.#windowStart;
    if (start + length <= this.#window.byteLength) {
      this.#position += length;
      return start;
    }
    if (length > this.remaining) throw new GgufError(`the file ends within ${what}`, this.#position);
    const bytes = this.#source.read(this.#position, Math.min(Math.max(length, WINDOW), this.remaining));
    this.#window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#windowStart = this.#position;
    this.#position += length;
    return 0;
  }
}
