import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { MullamaError } from "../errors.js";
import { GgufError } from "./error.js";

/** Something bytes can be read from at any place: a file or a buffer. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Exactly `length` bytes from `offset` on; the caller has checked that they are within `size`. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

export function bufferSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    close: () => undefined,
  };
}

/** Opens a file for ranged reads, from byte `base` on. Throws `MODEL_NOT_FOUND` when it cannot be opened, `GgufError` when it is no regular file. */
export function fileSource(path: string, base = 0): ByteSource {
  const descriptor = open(path);
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    closeSync(descriptor);
    throw new GgufError(`${path} is ${stat.isDirectory() ? "a directory" : "not a regular file"}`);
  }
  let closed = false;
  return {
    size: Math.max(0, stat.size - base),
    read: (offset, length) => readExactly(descriptor, base + offset, length),
    close: () => {
      if (closed) return;
      closed = true;
      closeSync(descriptor);
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new MullamaError("MODEL_NOT_FOUND", `Cannot open ${path}: ${(cause as Error).message}.`, { cause });
  }
}

function readExactly(descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, offset + done);
    if (count === 0) throw new GgufError("the file was cut short while it was read", offset + done);
    done += count;
  }
  return bytes;
}
