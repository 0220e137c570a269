/** Prefixes in a folder, which several processes can share and which survives them. */
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { MullamaError } from "../../errors.js";
import { decodePrefix, encodePrefix, type PrefixFront, readFront, type SavedPrefix } from "./saved-prefix.js";

const SUFFIX = ".prefix";
/** A file that was being written for longer than this is left over from a process that died. */
const ABANDONED_MS = 60 * 60_000;

interface DiskFile {
  readonly name: string;
  readonly bytes: number;
  usedAt: number;
  /** Undefined where it is of another model, or cannot be read. */
  readonly front: PrefixFront | undefined;
}

export class PrefixDisk {
  readonly #directory: string;
  readonly #limit: number;
  readonly #fingerprint: string;
  readonly #files = new Map<string, DiskFile>();

  /** @param limit most bytes of all files, those of other models included */
  constructor(directory: string, limit: number, fingerprint: string) {
    this.#directory = directory;
    this.#limit = limit;
    this.#fingerprint = fingerprint;
    try {
      mkdirSync(directory, { recursive: true });
      this.#refresh();
    } catch (cause) {
      throw new MullamaError("SAVE_FAILED", `The folder ${directory} cannot be used for saved prefixes.`, {
        cause,
        hint: "Choose another diskCache.directory, one that can be written to.",
      });
    }
  }

  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#files.values()) sum += bytes;
    return sum;
  }

  /** The prefixes of this model. */
  *[Symbol.iterator](): Iterator<{ readonly name: string; readonly tokens: Int32Array; readonly steering: string }> {
    for (const { name, front } of this.#files.values()) {
      if (front?.fingerprint === this.#fingerprint) yield { name, tokens: front.tokens, steering: front.steering };
    }
  }

  /** Writes a prefix, unless it is larger than all that there may be; the ones that were not used longest go. */
  put(prefix: SavedPrefix): void {
    const encoded = encodePrefix(prefix, this.#fingerprint);
    if (encoded.length > this.#limit) return;
    const name = nameOf(this.#fingerprint, prefix);
    const path = join(this.#directory, name);
    if (this.#files.has(name)) return this.#touch(name);
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      this.#refresh();
      this.#shrink(this.#limit - encoded.length);
      writeFileSync(temporary, encoded, { flag: "wx" });
      renameSync(temporary, path);
    } catch {
      // A full or vanished disk costs the cache, never a request.
      rmSync(temporary, { force: true });
      return;
    }
    this.#add(name);
  }

  /** Reads a prefix. A file that is damaged is removed. */
  load(name: string): SavedPrefix | undefined {
    const path = join(this.#directory, name);
    try {
      const { buffer, byteOffset, byteLength } = readFileSync(path);
      const prefix = decodePrefix(new Uint8Array(buffer, byteOffset, byteLength), this.#fingerprint);
      this.#touch(name);
      return prefix;
    } catch {
      this.remove(name);
      return undefined;
    }
  }

  remove(name: string): void {
    rmSync(join(this.#directory, name), { force: true });
    this.#files.delete(name);
  }

  /** Removes the prefixes of this model. */
  clear(): void {
    for (const { name } of this) this.remove(name);
  }

  #touch(name: string): void {
    const now = Date.now();
    const file = this.#files.get(name);
    if (file !== undefined) file.usedAt = now;
    try {
      utimesSync(join(this.#directory, name), now / 1000, now / 1000);
    } catch {
      // Another process has removed it.
      this.#files.delete(name);
    }
  }

  #shrink(limit: number): void {
    const oldest = [...this.#files.values()].sort((a, b) => a.usedAt - b.usedAt);
    let sum = this.bytes;
    for (const { name, bytes } of oldest) {
      if (sum <= limit) return;
      this.remove(name);
      sum -= bytes;
    }
  }

  /** Takes notice of what other processes have written and removed. */
  #refresh(): void {
    const present = new Set(readdirSync(this.#directory));
    for (const name of this.#files.keys()) if (!present.has(name)) this.#files.delete(name);
    for (const name of present) {
      if (name.endsWith(SUFFIX)) {
        if (!this.#files.has(name)) this.#add(name);
      } else if (name.includes(SUFFIX) && name.endsWith(".tmp")) this.#removeAbandoned(name);
    }
  }

  #removeAbandoned(name: string): void {
    const path = join(this.#directory, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_MS) rmSync(path, { force: true });
  }

  #add(name: string): void {
    const path = join(this.#directory, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    const front = frontOf(path);
    const whole = front !== undefined && front.stateAt + front.stateBytes === stat.size;
    if (!whole) rmSync(path, { force: true });
    else this.#files.set(name, { name, bytes: stat.size, usedAt: stat.mtimeMs, front });
  }
}

/** Undefined where it is damaged. */
function frontOf(path: string): PrefixFront | undefined {
  let file: number | undefined;
  try {
    const opened = openSync(path, "r");
    file = opened;
    return readFront((at, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(opened, bytes, 0, length, at));
    });
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function nameOf(fingerprint: string, { tokens, steering }: SavedPrefix): string {
  const hash = createHash("sha256").update(`${fingerprint}\0${steering}\0`);
  return hash.update(new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength)).digest("hex") + SUFFIX;
}
