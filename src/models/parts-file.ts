import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { throwIfAborted } from "./cancel.js";
import type { Expected, FetchedFile } from "./fetch-job.js";
import { diskError, requireIntact } from "./partial-file.js";
import { writeAtomically } from "./store/atomic-write.js";

/** How a file is cut into parts, and which version of it they are of. */
export interface PartsPlan {
  /** Bytes of the whole file. */
  readonly size: number;
  /** Bytes of each part; the last one may be shorter. */
  readonly partSize: number;
  /** Its digest, or what its host calls the version: only parts of the same one are joined. */
  readonly version: string;
}

/** What is written beside the file: its plan, and the bytes that each part has, from its beginning on. */
interface Note extends PartsPlan {
  readonly received: readonly number[];
}

/**
 * A file that comes in parts, several at once, each written at its place.
 * A note beside it says what has come, so that a killed process loses little. Its digest is computed as far as no part
 * is missing, while the others still come.
 */
export class PartsFile {
  readonly path: string;
  readonly plan: PartsPlan;
  readonly #handle: FileHandle;
  readonly #received: number[];
  #total: number;
  readonly #hash = createHash("sha256");
  #hashed = 0;
  #hashing: Promise<void> | undefined;
  #saving: Promise<void> | undefined;
  #open = true;

  private constructor(path: string, plan: PartsPlan, handle: FileHandle, received: number[]) {
    this.path = path;
    this.plan = plan;
    this.#handle = handle;
    this.#received = received;
    this.#total = received.reduce((sum, bytes) => sum + bytes, 0);
    this.#follow();
  }

  /** Opens `path`, with what an interrupted fetch of the same version left there. */
  static async open(path: string, plan: PartsPlan): Promise<PartsFile> {
    const handle = await open(path, "r+").catch(() => open(path, "w+"));
    const known = (await handle.stat()).size === plan.size ? await readNote(path, plan) : undefined;
    if (known === undefined) {
      await rm(noteOf(path), { force: true });
      await handle.truncate(0);
      await handle.truncate(plan.size);
    }
    const count = Math.ceil(plan.size / plan.partSize);
    return new PartsFile(path, plan, handle, known ?? Array.from({ length: count }, () => 0));
  }

  /** Whether such a file, or its note, lies at `path`: what is there has holes then. */
  static async removeNote(path: string): Promise<boolean> {
    const isThere = await readFile(noteOf(path)).then(
      () => true,
      () => false,
    );
    await rm(noteOf(path), { force: true });
    return isThere;
  }

  /** Bytes that have come. */
  get received(): number {
    return this.#total;
  }

  /** The parts that are not whole yet. */
  get missing(): number[] {
    return [...this.#received.keys()].filter((part) => this.start(part) < this.end(part));
  }

  /** Where the next byte of a part goes. */
  start(part: number): number {
    return part * this.plan.partSize + (this.#received[part] ?? 0);
  }

  /** Where a part ends. */
  end(part: number): number {
    return Math.min(this.plan.size, (part + 1) * this.plan.partSize);
  }

  /** Writes what follows in a part; not more than it lacks. */
  async write(part: number, chunk: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < chunk.length;) {
        const at = this.start(part);
        const { bytesWritten } = await this.#handle.write(chunk, written, chunk.length - written, at);
        written += bytesWritten;
        this.#received[part] = (this.#received[part] ?? 0) + bytesWritten;
        this.#total += bytesWritten;
      }
    } catch (error) {
      throw diskError(error, this.path);
    }
    if (this.start(part) < this.end(part)) return;
    this.#follow();
    void this.save();
  }

  /** Notes what has come. Where that fails, the file only cannot be gone on with. */
  save(): Promise<void> {
    this.#saving ??= this.#note()
      .catch(() => undefined)
      .finally(() => (this.#saving = undefined));
    return this.#saving;
  }

  /**
   * Checks the digest, flushes to the disk and closes.
   * A file that fails its check is removed: nothing can be built on it.
   *
   * @param onBytes Hears how far the bytes are checked, where that takes a while.
   */
  async finish(expected: Expected, onBytes: (checked: number) => void, signal: AbortSignal): Promise<FetchedFile> {
    await this.#hashing;
    for (let end = this.#hashed; end < this.plan.size;) {
      throwIfAborted(signal);
      end = Math.min(this.plan.size, end + (1 << 24));
      await this.#hashUpTo(end);
      onBytes(end);
    }
    const file = { path: this.path, size: this.#hashed, sha256: this.#hash.digest("hex") };
    await this.#handle.sync().catch((error: unknown) => Promise.reject(diskError(error, this.path)));
    await this.close();
    try {
      await requireIntact(file, expected);
    } catch (error) {
      await rm(noteOf(this.path), { force: true });
      throw error;
    }
    return file;
  }

  /** Notes what has come, and closes. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#hashing;
    await this.#saving;
    await this.save();
    await this.#handle.close();
  }

  async #note(): Promise<void> {
    const note: Note = { ...this.plan, received: [...this.#received] };
    // First the bytes, then the word that they are there.
    await this.#handle.datasync();
    await writeAtomically(noteOf(this.path), JSON.stringify(note));
  }

  /** Goes on with the digest in the background. What cannot be read now is tried again at the end. */
  #follow(): void {
    this.#hashing ??= this.#hashWholeParts()
      .catch(() => undefined)
      .finally(() => (this.#hashing = undefined));
  }

  async #hashWholeParts(): Promise<void> {
    while (this.#open && this.#hashed < this.plan.size) {
      const part = Math.floor(this.#hashed / this.plan.partSize);
      if (this.start(part) < this.end(part)) return;
      if (!(await this.#hashUpTo(this.end(part)))) return;
    }
  }

  /** @returns false where the file ends before: somebody has cut it short, and the digest will tell */
  async #hashUpTo(end: number): Promise<boolean> {
    const buffer = Buffer.allocUnsafe(1 << 20);
    while (this.#hashed < end) {
      const length = Math.min(buffer.length, end - this.#hashed);
      const { bytesRead } = await this.#handle.read(buffer, 0, length, this.#hashed);
      if (bytesRead === 0) return false;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#hashed += bytesRead;
    }
    return true;
  }
}

function noteOf(path: string): string {
  return `${path}.parts`;
}

async function readNote(path: string, plan: PartsPlan): Promise<number[] | undefined> {
  try {
    const note = JSON.parse(await readFile(noteOf(path), "utf8")) as Note;
    const isSame = note.size === plan.size && note.partSize === plan.partSize && note.version === plan.version;
    const isWhole = note.received.length === Math.ceil(plan.size / plan.partSize);
    const isSane = note.received.every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= plan.partSize);
    return isSame && isWhole && isSane ? [...note.received] : undefined;
  } catch {
    return undefined;
  }
}
