/** Prefixes that the context has no room for: in host memory, and on disk for the next start. */
import { commonPrefix } from "../token-buffer.js";
import { PrefixDisk } from "./prefix-disk.js";
import type { SavedPrefix } from "./saved-prefix.js";

export interface PrefixStoreOptions {
  /** Of everything that a prefix depends on. */
  readonly fingerprint: string;
  /** Most bytes in host memory; 0 for none. */
  readonly hostBytes: number;
  readonly disk?: { readonly directory: string; readonly bytes: number };
  /** Whether a prefix is good only as a whole, since the model's memory cannot drop its last tokens. */
  readonly whole: boolean;
}

/** A prefix that was found. */
export interface FoundPrefix {
  /** How many tokens it has in common with those that were asked for. */
  readonly length: number;
  /** Reads it; undefined where it turns out to be damaged or gone. */
  load(): SavedPrefix | undefined;
}

export class PrefixStore {
  readonly #options: PrefixStoreOptions;
  readonly #disk: PrefixDisk | undefined;
  /** The one that was not used longest first. */
  readonly #host = new Set<SavedPrefix>();
  #hostBytes = 0;

  /** @throws {MullamaError} `SAVE_FAILED` where the disk's folder cannot be used */
  constructor(options: PrefixStoreOptions) {
    this.#options = options;
    const { disk, fingerprint } = options;
    this.#disk = disk === undefined ? undefined : new PrefixDisk(disk.directory, disk.bytes, fingerprint);
  }

  /** Whether it survives this process. */
  get persistent(): boolean {
    return this.#disk !== undefined;
  }

  get hostBytes(): number {
    return this.#hostBytes;
  }

  get diskBytes(): number {
    return this.#disk?.bytes ?? 0;
  }

  /** Keeps a prefix, unless it is too large. */
  put(prefix: SavedPrefix): void {
    for (const other of this.#host) {
      if (other.steering !== prefix.steering) continue;
      const common = commonPrefix(other.tokens, prefix.tokens);
      if (common === prefix.tokens.length && (common === other.tokens.length || !this.#options.whole)) {
        this.#use(other);
        return;
      }
      if (common === other.tokens.length && !this.#options.whole) this.#drop(other);
    }
    if (sizeOf(prefix) > this.#options.hostBytes) {
      this.#disk?.put(prefix);
      return;
    }
    this.#host.add(prefix);
    this.#hostBytes += sizeOf(prefix);
    for (const oldest of this.#host) {
      if (this.#hostBytes <= this.#options.hostBytes) return;
      this.#drop(oldest);
      this.#disk?.put(oldest);
    }
  }

  /** The prefix that has most in common with `tokens`; undefined where none has anything. */
  find(tokens: Int32Array, steering: string): FoundPrefix | undefined {
    let best: FoundPrefix | undefined;
    const consider = (held: Int32Array, key: string, load: () => SavedPrefix | undefined): void => {
      if (key !== steering) return;
      const length = commonPrefix(held, tokens);
      if (length === 0 || length <= (best?.length ?? 0) || (this.#options.whole && length < held.length)) return;
      best = { length, load };
    };
    for (const prefix of this.#host) consider(prefix.tokens, prefix.steering, () => this.#use(prefix));
    const disk = this.#disk;
    if (disk === undefined) return best;
    for (const file of disk) consider(file.tokens, file.steering, () => disk.load(file.name));
    return best;
  }

  /** Forgets everything, on disk too. */
  clear(): void {
    this.#host.clear();
    this.#hostBytes = 0;
    this.#disk?.clear();
  }

  /** Moves what is in host memory to the disk, if there is one. */
  dispose(): void {
    for (const prefix of this.#host) this.#disk?.put(prefix);
    this.#host.clear();
    this.#hostBytes = 0;
  }

  #use(prefix: SavedPrefix): SavedPrefix {
    this.#host.delete(prefix);
    this.#host.add(prefix);
    return prefix;
  }

  #drop(prefix: SavedPrefix): void {
    if (this.#host.delete(prefix)) this.#hostBytes -= sizeOf(prefix);
  }
}

function sizeOf({ tokens, state }: SavedPrefix): number {
  return tokens.byteLength + state.byteLength;
}
