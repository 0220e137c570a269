import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, stat, statfs, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MullamaError } from "../errors.js";
import { mullamaHome } from "../home.js";
import type { FetchedFile } from "./fetch-job.js";

/** What the store knows about a name: which file it means, and where that came from. */
export interface StoredModel {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  /** The source, as the model name that means it. */
  readonly source: string;
}

/**
 * The model files on this machine.
 *
 * `models/` holds each file under its own digest, `names/` one small record for each name, `partial/` what is being
 * fetched. A file enters `models/` by one rename, after it was checked: what is visible there is complete.
 */
export class ModelStore {
  readonly home: string;

  constructor(home: string = mullamaHome()) {
    this.home = resolve(home);
  }

  /** Where a file of this digest is, or will be. */
  pathOf(sha256: string): string {
    return join(this.home, "models", `sha256-${sha256}.gguf`);
  }

  /** Whether the store holds the file of this digest; its size is compared where it is known. */
  async has(sha256: string, size?: number): Promise<boolean> {
    const found = await stat(this.pathOf(sha256)).catch(() => undefined);
    return found?.isFile() === true && (size === undefined || found.size === size);
  }

  /** What `name` meant when it was last fetched, if the file is still there. */
  async find(name: string): Promise<StoredModel | undefined> {
    const record = await readRecord(this.#recordOf(name));
    return record !== undefined && (await this.has(record.sha256, record.size)) ? record : undefined;
  }

  /** Where the fetching of `key` keeps its files, and the lock beside it. */
  async partial(key: string): Promise<{ directory: string; lock: string }> {
    const directory = join(this.home, "partial", digestOf(key).slice(0, 16));
    await mkdir(join(this.home, "partial"), { recursive: true });
    return { directory, lock: `${directory}.lock` };
  }

  /** Makes a checked file visible under its digest, and remembers what it is called. */
  async publish(file: FetchedFile, name: string, source: string): Promise<string> {
    const path = this.pathOf(file.sha256);
    await mkdir(join(this.home, "models"), { recursive: true });
    if (!(await this.has(file.sha256, file.size))) await rename(file.path, path);
    await flushFolder(join(this.home, "models"));
    await this.#remember({ name, sha256: file.sha256, size: file.size, source });
    return path;
  }

  async #remember(model: StoredModel): Promise<void> {
    const record = this.#recordOf(model.name);
    await mkdir(join(this.home, "names"), { recursive: true });
    await writeFile(`${record}.${process.pid}`, `${JSON.stringify(model, undefined, 2)}\n`);
    await rename(`${record}.${process.pid}`, record);
  }

  #recordOf(name: string): string {
    return join(this.home, "names", `${digestOf(name).slice(0, 16)}.json`);
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
}

async function readRecord(path: string): Promise<StoredModel | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as StoredModel;
  } catch {
    return undefined;
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

/** Makes a rename outlive a power cut, on systems whose folders can be flushed. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
