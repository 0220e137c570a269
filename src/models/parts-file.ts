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

  /**
   * Opens `path`, with what an interrupted fetch of the same version left there.
   *
   * @param hasBeginning whether a file without a note is the beginning of this version, as one connection leaves it
   */
  static async open(path: string, plan: PartsPlan, hasBeginning = false): Promise<PartsFile> {
    const handle = await open(path, "r+").catch(() => open(path, "w+"));
    const { size } = await handle.stat();
    const note = await readNote(path);
    const known = size === plan.size && note !== undefined && isOfPlan(note, plan) ? note.received : undefined;
    if (known === undefined) {
      await rm(noteOf(path), { force: true });
      const isBeginning = hasBeginning && note === undefined && size < plan.size;
      if (!isBeginning) await handle.truncate(0);
      await handle.truncate(plan.size);
      return new PartsFile(path, plan, handle, partsOf(plan, isBeginning ? size : 0));
    }
    return new PartsFile(path, plan, handle, [...known]);
  }

  /**
   * Cuts such a file off where the first byte is missing, so that one connection can go on with it.
   *
   * @param version that is wanted; of another one nothing is kept
   * @returns whether there was such a file of this version
   */
  static async keepBeginning(path: string, version: string | undefined): Promise<boolean> {
    const note = await readNote(path);
    if (note === undefined) return false;
    const isSame = version !== undefined && isOfPlan(note, { ...note, version });
    const handle = await open(path, "r+").catch(() => undefined);
    await handle?.truncate(isSame ? wholeBytes(note) : 0);
    await handle?.close();
    await rm(noteOf(path), { force: true });
    return isSame;
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

/** The note beside a file; of one that cannot be read, that nothing has come. */
async function readNote(path: string): Promise<Note | undefined> {
  const text = await readFile(noteOf(path), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { size, partSize, version, received } = JSON.parse(text) as Note;
    return { size, partSize, version, received: [...received] };
  } catch {
    return { size: 0, partSize: 1, version: "", received: [] };
  }
}

function isOfPlan(note: Note, plan: PartsPlan): boolean {
  const isSame = note.size === plan.size && note.partSize === plan.partSize && note.version === plan.version;
  const most = partsOf(plan, plan.size);
  const isSane = note.received.every(
    (bytes, part) => Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= (most[part] ?? -1),
  );
  return isSame && note.received.length === most.length && isSane;
}

/** How much of each part there is of a file's first bytes. */
function partsOf({ size, partSize }: PartsPlan, bytes: number): number[] {
  const count = Math.ceil(size / partSize);
  return Array.from({ length: count }, (_, part) => Math.max(0, Math.min(partSize, bytes - part * partSize)));
}

/** Bytes before the first one that is missing. */
function wholeBytes({ received, ...plan }: Note): number {
  const most = partsOf(plan, plan.size);
  const gap = received.findIndex((bytes, part) => bytes < (most[part] ?? 0));
  return gap === -1 ? plan.size : gap * plan.partSize + (received[gap] ?? 0);
}
