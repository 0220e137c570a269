import { encodeText } from "./text.js";

/** Bytes written one after the other, little-endian, into a buffer that grows. */
export class ByteSink {
  #buffer = Buffer.allocUnsafe(4096);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  uint8(value: number): void {
    this.#length = this.#room(1).writeUInt8(value, this.#length);
  }

  uint32(value: number): void {
    this.#length = this.#room(4).writeUInt32LE(value, this.#length);
  }

  uint64(value: number | bigint): void {
    this.#length = this.#room(8).writeBigUInt64LE(BigInt(value), this.#length);
  }

  /** A string with its length in bytes in front. */
  string(value: string): void {
    const bytes = encodeText(value);
    this.uint64(bytes.byteLength);
    this.bytes(bytes);
  }

  bytes(value: Uint8Array): void {
    this.#room(value.byteLength).set(value, this.#length);
    this.#length += value.byteLength;
  }

  /** Zeros up to the next multiple of `alignment`. */
  pad(alignment: number): void {
    const end = Math.ceil(this.#length / alignment) * alignment;
    this.#room(end - this.#length).fill(0, this.#length, end);
    this.#length = end;
  }

  /** What has been written, as a view that later writes may not touch. */
  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#length);
  }

  #room(bytes: number): Buffer {
    const needed = this.#length + bytes;
    if (needed > this.#buffer.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.byteLength * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    return this.#buffer;
  }
}
