/** C functions that write text into a buffer and return its length, or a negative number. */

const decoder = new TextDecoder();

/** Calls `write` with a buffer, and again with a larger one where the text is longer. Undefined where C says there is none. */
export function readString(write: (buffer: Uint8Array, size: number) => number, size = 256): string | undefined {
  const buffer = new Uint8Array(size);
  const length = write(buffer, size);
  if (length < 0) return undefined;
  return length < size ? decoder.decode(buffer.subarray(0, length)) : readString(write, length + 1);
}
