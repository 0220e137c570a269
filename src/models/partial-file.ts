import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { MullamaError } from "../errors.js";
import type { Expected, FetchedFile } from "./fetch-job.js";

/** A file that is being fetched: grows chunk by chunk, and knows the digest of what it holds. */
export class PartialFile {
  readonly path: string;
  #handle: FileHandle;
  #hash: Hash = createHash("sha256");
  #size = 0;
  #open = true;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Opens `path`, with what an interrupted fetch left there; {@link reread} has to follow before it grows. */
  static async open(path: string): Promise<PartialFile> {
    const handle = await open(path, "r+").catch(() => open(path, "w+"));
    return new PartialFile(path, handle);
  }

  /** Bytes held so far. */
  get size(): number {
    return this.#size;
  }

  /** Reads what is there already, so that the digest covers it. */
  async reread(onBytes: (read: number, total: number) => void, signal: AbortSignal): Promise<void> {
    const { size: total } = await this.#handle.stat();
    const buffer = Buffer.allocUnsafe(1 << 20);
    while (this.#size < total && !signal.aborted) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#size);
      if (bytesRead === 0) return;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#size += bytesRead;
      onBytes(this.#size, total);
    }
  }

  async append(chunk: Uint8Array): Promise<void> {
    let written = 0;
    try {
      while (written < chunk.length) {
        const { bytesWritten } = await this.#handle.write(chunk, written, chunk.length - written, this.#size + written);
        written += bytesWritten;
      }
    } catch (error) {
      throw diskError(error, this.path);
    }
    this.#hash.update(chunk);
    this.#size += chunk.length;
  }

  /** Forgets everything and begins with an empty file. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash("sha256");
    this.#size = 0;
  }

  /**
   * Checks length and digest, flushes to the disk and closes.
   * A file that fails its check is removed: nothing can be built on it.
   */
  async finish(expected: Expected): Promise<FetchedFile> {
    const file = { path: this.path, size: this.#size, sha256: this.#hash.digest("hex") };
    await this.#handle.sync().catch((error: unknown) => Promise.reject(diskError(error, this.path)));
    await this.close();
    await requireIntact(file, expected);
    return file;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
  }
}

/** Checks a file that has come whole against what is known of it; removes one that is another. */
export async function requireIntact(file: FetchedFile, expected: Expected): Promise<void> {
  const fault = findFault(file.size, file.sha256, expected);
  if (fault === undefined) return;
  await unlink(file.path);
  throw new MullamaError("DOWNLOAD_FAILED", fault);
}

function findFault(size: number, sha256: string, expected: Expected): string | undefined {
  if (expected.size !== undefined && size !== expected.size) {
    return `The file has ${size} bytes, but should have ${expected.size}.`;
  }
  if (expected.sha256 !== undefined && sha256 !== expected.sha256) {
    return `The file's sha-256 is ${sha256}, but should be ${expected.sha256}.`;
  }
  return undefined;
}

/** Turns a failed write into the error that says what to do about it. */
export function diskError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new MullamaError("OUT_OF_SPACE", `The disk filled up while writing ${path}.`, {
    cause: error,
    hint: "Free some space, or set MULLAMA_HOME to a folder on a larger disk; the download goes on where it stopped.",
  });
}
