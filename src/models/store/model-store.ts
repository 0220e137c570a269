import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat, statfs, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MullamaError } from "../../errors.js";
import { mullamaHome } from "../../home.js";
import { findInCatalogue } from "../catalogue.js";
import type { FetchedFile } from "../fetch-job.js";
import type { ModelRecord, StoredFile } from "../model-record.js";
import { closestName } from "../suggest.js";
import { flushFolder, writeAtomically } from "./atomic-write.js";
import { bytesFreed } from "./bytes-freed.js";
import { type CreateModelOptions, createModel } from "./create-model.js";
import { collectGarbage, type GarbageOptions, type GarbageReport } from "./garbage.js";
import type { HashOptions } from "./hash-file.js";
import { keepBlob } from "./keep-blob.js";
import { listModels, type StoredModel } from "./list-models.js";
import { filesOf, readRecord, readRecords } from "./record-file.js";
import { canonicalName, isSourceName, recordFileName, shortName } from "./record-name.js";
import { withStoreLock } from "./store-lock.js";
import { type StoreFault, verifyStore } from "./verify-store.js";

/**
 * The models on this machine.
 *
 * `models/` holds each file under its own digest, `names/` one small record for each name, `partial/` what is being
 * fetched. A file enters `models/` by one rename, after it was checked: what is visible there is complete. Records are
 * changed under a lock that all processes share, so several may use one store.
 *
 * @example
 * const store = new ModelStore();
 * for (const { name, size, quantization } of await store.list()) console.log(name, size, quantization);
 */
export class ModelStore {
  /** The folder that it is in. */
  readonly home: string;

  /** @param home default: `MULLAMA_HOME`, or else the platform's place for application data */
  constructor(home: string = mullamaHome()) {
    this.home = resolve(home);
  }

  /** Where a file of this digest is, or will be. */
  pathOf(sha256: string): string {
    return join(this.home, "models", `sha256-${sha256}.gguf`);
  }

  /** Where a model's file lies: in the store, or where its record says. */
  locate({ sha256, path }: StoredFile): string {
    return path ?? this.pathOf(sha256);
  }

  /** Whether the store holds the file of this digest; its size is compared where it is known. */
  async has(sha256: string, size?: number): Promise<boolean> {
    return isFileOf(this.pathOf(sha256), size);
  }

  /** Every model of the store, by name, with what its file says of it. */
  list(): Promise<StoredModel[]> {
    return listModels(this);
  }

  /** Every record that can be understood. */
  async records(): Promise<ModelRecord[]> {
    const read = await readRecords(this.#names);
    return read.map(({ record }) => record).filter((record) => record !== undefined);
  }

  /** What a name means, whether or not its files are still there. `llama` is `llama:latest`, or what the catalogue calls so. */
  async get(name: string): Promise<ModelRecord | undefined> {
    for (const candidate of candidatesOf(name)) {
      const record = await readRecord(this.#recordOf(candidate));
      if (record !== undefined) return record;
    }
    return undefined;
  }

  /**
   * What a name means.
   *
   * @throws {MullamaError} `MODEL_NOT_FOUND` with the nearest name
   */
  async require(name: string): Promise<ModelRecord> {
    const record = await this.get(name);
    if (record !== undefined) return record;
    const names = (await this.records()).map((each) => shortName(each.name));
    const near = closestName(name, names);
    throw new MullamaError("MODEL_NOT_FOUND", `There is no model ${name} on this machine.`, {
      hint: near === undefined ? undefined : `Did you mean ${near}?`,
    });
  }

  /** What a name means, if all its files are there. */
  async find(name: string): Promise<ModelRecord | undefined> {
    const record = await this.get(name);
    return record !== undefined && (await this.missingFrom(record)).length === 0 ? record : undefined;
  }

  /** The files of a model that are gone, or of another size than they were. */
  async missingFrom(record: ModelRecord): Promise<readonly StoredFile[]> {
    const files = filesOf(record);
    const there = await Promise.all(files.map((file) => isFileOf(this.locate(file), file.size)));
    return files.filter((_, index) => there[index] !== true);
  }

  /**
   * Remembers a model, in the place of what had its name before.
   *
   * @returns the record with its name in the canonical form
   * @throws {MullamaError} `ARGUMENT_INVALID` for a name of the wrong form, `MODEL_NOT_FOUND` where one of its files is not there
   */
  put(record: ModelRecord): Promise<ModelRecord> {
    return this.add(record, []);
  }

  /** Makes fetched files visible under their digests, and remembers the model that they are of, in one step. */
  add(record: ModelRecord, fetched: readonly FetchedFile[]): Promise<ModelRecord> {
    const named = { ...record, name: canonicalName(record.name) };
    return withStoreLock(this.home, async () => {
      await this.#moveIn(fetched);
      await this.#requireFiles(named);
      await mkdir(this.#names, { recursive: true });
      await writeAtomically(this.#recordOf(named.name), `${JSON.stringify(named, undefined, 2)}\n`);
      return named;
    });
  }

  /** Makes a checked file visible under its digest. What no model is made of for an hour, {@link gc} may remove. */
  keep(file: FetchedFile): Promise<StoredFile> {
    return withStoreLock(this.home, async () => {
      await this.#moveIn([file]);
      return { sha256: file.sha256, size: file.size };
    });
  }

  /**
   * Makes a model of files that are on this machine, which stay where they are, or of another model of the store.
   *
   * @throws {MullamaError} `MODEL_NOT_FOUND`, `ARGUMENT_INVALID`, `GGUF_INVALID`, `ABORTED`
   *
   * @example
   * await store.create("pirate", { from: "smollm2:135m", definition: { system: "You are a pirate." } });
   */
  create(name: string, options: CreateModelOptions): Promise<ModelRecord> {
    return createModel(this, name, options);
  }

  /**
   * Puts a file into the store as its bytes come. What no model is made of for an hour, `gc` may remove.
   *
   * @param sha256 the digest that it must have, 64 hexadecimal digits
   * @throws {MullamaError} `DOWNLOAD_FAILED` where it has another, `OUT_OF_SPACE`, `ABORTED`
   */
  putBlob(sha256: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<StoredFile> {
    return keepBlob(this, sha256, bytes, signal);
  }

  /**
   * Gives a model a second name.
   *
   * @throws {MullamaError} `MODEL_NOT_FOUND`, `ARGUMENT_INVALID`
   */
  async copy(from: string, to: string): Promise<ModelRecord> {
    const record = await this.require(from);
    return this.put({ ...record, name: to, created: new Date().toISOString() });
  }

  /**
   * Forgets a name, and removes the files that no other model needs. Files outside the store stay.
   *
   * @returns the bytes that are free now
   * @throws {MullamaError} `MODEL_NOT_FOUND`
   */
  async remove(name: string): Promise<{ readonly name: string; readonly freed: number }> {
    const found = await this.require(name);
    return withStoreLock(this.home, async () => {
      const path = this.#recordOf(found.name);
      const record = (await readRecord(path)) ?? (await this.require(name));
      await rm(path, { force: true });
      await flushFolder(this.#names);
      const needed = await this.referenced();
      let freed = 0;
      const own = filesOf(record).filter((file) => file.path === undefined && !needed.has(file.sha256));
      for (const sha256 of new Set(own.map((file) => file.sha256))) freed += await this.discard(sha256);
      return { name: record.name, freed };
    });
  }

  /**
   * Clears away what no model needs: files that nothing names, downloads that nobody went on with, locks of processes
   * that are gone, and records that cannot be read. Files outside the store stay, and so does what another process is
   * about to publish.
   */
  gc(options: GarbageOptions = {}): Promise<GarbageReport> {
    return collectGarbage(this, options);
  }

  /** Reads every file of every model again, and tells what is not as it was. */
  verify(options: HashOptions = {}): Promise<readonly StoreFault[]> {
    return verifyStore(this, options);
  }

  /** The digests of all files that a record needs to have in the store. */
  async referenced(): Promise<ReadonlySet<string>> {
    const files = (await this.records()).flatMap(filesOf);
    return new Set(files.filter(({ path }) => path === undefined).map(({ sha256 }) => sha256));
  }

  /** @internal Removes a file, and what was derived from it. The caller holds the store's lock. @returns the bytes that are free now */
  async discard(sha256: string): Promise<number> {
    const path = this.pathOf(sha256);
    await rm(join(this.home, "splits", sha256), { recursive: true, force: true, maxRetries: 3 });
    const bytes = await bytesFreed(path);
    await rm(path, { force: true, maxRetries: 3 });
    await rm(join(this.home, "info", `${sha256}.json`), { force: true });
    return bytes;
  }

  /** Where the fetching of `key` keeps its files, and the lock beside it. */
  async partial(key: string): Promise<{ directory: string; lock: string }> {
    const name = createHash("sha256").update(key).digest("hex").slice(0, 16);
    const directory = join(this.home, "partial", name);
    await mkdir(join(this.home, "partial"), { recursive: true });
    return { directory, lock: `${directory}.lock` };
  }

  /** Throws `OUT_OF_SPACE` unless the store's disk has room for `bytes` more. */
  async requireSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.home);
    const free = bavail * bsize;
    if (free >= bytes) return;
    throw new MullamaError(
      "OUT_OF_SPACE",
      `${megabytes(bytes)} are needed in ${this.home}, but only ${megabytes(free)} are free.`,
      {
        hint: "Free some space, or set MULLAMA_HOME to a folder on a larger disk.",
      },
    );
  }

  get #names(): string {
    return join(this.home, "names");
  }

  #recordOf(canonical: string): string {
    return join(this.#names, recordFileName(canonical));
  }

  async #moveIn(fetched: readonly FetchedFile[]): Promise<void> {
    const folder = join(this.home, "models");
    await mkdir(folder, { recursive: true });
    for (const file of fetched) {
      const path = this.pathOf(file.sha256);
      const isThere = await this.has(file.sha256, file.size);
      if (file.path === path && !isThere) continue;
      if (!isThere) await rename(file.path, path);
      else if (file.path !== path) await rm(file.path, { force: true });
      // Its age counts from now: so nobody clears it away before a record names it.
      const now = new Date();
      await utimes(path, now, now);
    }
    if (fetched.length > 0) await flushFolder(folder);
  }

  async #requireFiles(record: ModelRecord): Promise<void> {
    const [missing] = await this.missingFrom(record);
    if (missing === undefined) return;
    throw new MullamaError("MODEL_NOT_FOUND", `${record.name} needs ${this.locate(missing)}, which is not there.`, {
      hint: "Fetch or create it first.",
    });
  }
}

function candidatesOf(name: string): string[] {
  const known = isSourceName(name) ? undefined : findInCatalogue(name)?.name;
  return [canonicalName(name), ...(known === undefined ? [] : [known])];
}

async function isFileOf(path: string, size: number | undefined): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && (size === undefined || found.size === size);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
