import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MullamaError } from "../errors.js";
import { throwIfAborted } from "./cancel.js";
import type { Expected, FetchedFile, FetchJob } from "./fetch-job.js";
import { download, type Remote } from "./http-download.js";
import { acquireLock, tryLock } from "./lock.js";
import { PartialFile } from "./partial-file.js";
import { downloadParts } from "./parts-download.js";
import { PartsFile } from "./parts-file.js";
import { hashFile } from "./store/hash-file.js";
import type { ModelStore } from "./store/model-store.js";

/** A file on a web server, with what is known of it. */
export interface RemoteFile extends Remote {
  readonly expected: Expected;
  /** Where another program would have put this file. */
  readonly shared?: string | undefined;
}

/** What a file is called while it comes. */
const PART = "file.part";

/**
 * Fetches a file into the store, and goes on with what an earlier, interrupted fetch left. Whoever wants the same file
 * meanwhile, in this process or in another, under whatever name, waits and finds it there.
 */
export async function fetchFile(remote: RemoteFile, job: FetchJob): Promise<FetchedFile> {
  const { expected, source } = remote;
  const { directory, lock: path } = await placeOf(remote, job);
  const lock = await acquireLock(path, job.signal, () => job.onProgress({ phase: "wait" }));
  try {
    const there = await findStored(expected, job);
    if (there !== undefined) {
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      return await claim(there, job);
    }
    const shared = await readShared(remote, job);
    if (shared !== undefined) return shared;
    await mkdir(directory, { recursive: true });
    const fetched = await fetchTo(join(directory, PART), remote, job);
    if (!(await lock.isHeld()))
      throw new MullamaError("DOWNLOAD_FAILED", `Another process has taken over the download from ${source}.`, {
        hint: "This one was suspended for too long. Try again.",
      });
    const { sha256, size } = await job.store.keep(fetched);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    return await claim({ path: job.store.pathOf(sha256), sha256, size }, job);
  } finally {
    await lock.release();
  }
}

/**
 * Fetches the files of a model one after another, and reports how far all of them are together. None comes where the disk
 * has no room for all.
 */
export async function fetchFiles(remotes: readonly RemoteFile[], job: FetchJob): Promise<FetchedFile[]> {
  const sizes = remotes.map(({ expected }) => expected.size);
  const total = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  await requireRoom(remotes, job);
  const fetched: FetchedFile[] = [];
  let before = 0;
  for (const remote of remotes) {
    const offset = before;
    const onProgress: FetchJob["onProgress"] = (progress) =>
      job.onProgress(
        progress.phase === "download" ? { ...progress, received: progress.received + offset, total } : progress,
      );
    const own = remotes.length > 1 ? { ...job, onProgress } : job;
    const file = await fetchFile(remote, own);
    fetched.push(file);
    before += file.size;
  }
  return fetched;
}

/** Throws `OUT_OF_SPACE` unless the disk has room for what is not there of all files, as far as their sizes are known. */
async function requireRoom(remotes: readonly RemoteFile[], job: FetchJob): Promise<void> {
  let bytes = 0;
  for (const remote of remotes) {
    const { size = 0 } = remote.expected;
    if ((await findStored(remote.expected, job)) !== undefined) continue;
    if ((await findShared(remote)) !== undefined) continue;
    const { directory } = await placeOf(remote, job);
    // What came in parts has holes, which take no room yet.
    const blocks = await stat(join(directory, PART)).then(
      (left) => left.blocks,
      () => 0,
    );
    bytes += Math.max(0, size - blocks * 512);
  }
  await job.store.requireSpace(bytes);
}

/** Removes what one source has left of a file that another has delivered, unless somebody goes on with it. */
export async function removeLeftovers({ sha256 }: Pick<FetchedFile, "sha256">, store: ModelStore): Promise<void> {
  const { directory, lock: path } = await store.partial(keyOf(sha256));
  if ((await stat(directory).catch(() => undefined)) === undefined) return;
  const lock = await tryLock(path);
  if (lock === undefined) return;
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  await lock.release();
}

/** Where a file is fetched to: one place for all names that mean it, and not that of a model whose name is its address. */
function placeOf({ expected, url }: RemoteFile, { store }: FetchJob): ReturnType<FetchJob["store"]["partial"]> {
  return store.partial(keyOf(expected.sha256 ?? url));
}

function keyOf(file: string): string {
  return `file ${file}`;
}

async function findStored({ sha256, size }: Expected, { store }: FetchJob): Promise<FetchedFile | undefined> {
  if (sha256 === undefined || size === undefined || !(await store.has(sha256, size))) return undefined;
  return { path: store.pathOf(sha256), size, sha256 };
}

/** The file where another program has put it, if there is one of its size. */
async function findShared({ shared: path, expected }: RemoteFile): Promise<FetchedFile | undefined> {
  const { size, sha256 } = expected;
  if (path === undefined || size === undefined || sha256 === undefined) return undefined;
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === size ? { path, size, sha256, modified: found.mtimeMs } : undefined;
}

/** The same, read once to see that its bytes are right. */
async function readShared(remote: RemoteFile, job: FetchJob): Promise<FetchedFile | undefined> {
  const found = await findShared(remote);
  if (found === undefined) return undefined;
  const sha256 = await hashFile(found.path, job).catch(() => undefined);
  throwIfAborted(job.signal);
  return sha256 === found.sha256 ? found : undefined;
}

/** Holds on to a file of the store until a record names it, whoever clears the store meanwhile. */
async function claim(file: FetchedFile, { directory }: FetchJob): Promise<FetchedFile> {
  const path = join(directory, `${file.sha256}.kept`);
  await rm(path, { force: true });
  return link(file.path, path).then(
    () => ({ ...file, path }),
    () => file,
  );
}

async function fetchTo(path: string, remote: RemoteFile, job: FetchJob): Promise<FetchedFile> {
  const left = await stat(path).catch(() => undefined);
  try {
    return await transfer(path, remote, job);
  } catch (error) {
    // What was left may have been of another version: it is gone then, and the file is begun again.
    const isGone = (await stat(path).catch(() => undefined)) === undefined;
    if (left === undefined || left.size === 0 || !isGone || job.signal.aborted) throw error;
    return transfer(path, remote, job);
  }
}

async function transfer(path: string, remote: RemoteFile, job: FetchJob): Promise<FetchedFile> {
  return (await fetchParts(path, remote, job)) ?? stream(path, remote, job);
}

/** Fetches a large file over several connections; undefined where that cannot be done. */
async function fetchParts(path: string, remote: RemoteFile, job: FetchJob): Promise<FetchedFile | undefined> {
  const { expected, source } = remote;
  const { size, sha256 } = expected;
  const { partSize } = job.network;
  const version = sha256 ?? remote.validator;
  // Parts whose version nobody can name may be of two files.
  if (size === undefined || size < 4 * partSize || version === undefined) return undefined;
  const file = await PartsFile.open(path, { size, partSize, version }, await isOfVersion(path, remote));
  try {
    await job.store.requireSpace(size - file.received);
    if (!(await downloadParts(remote, file, job))) return undefined;
    const onBytes = (received: number): void => job.onProgress({ phase: "verify", source, received, total: size });
    return await file.finish(expected, onBytes, job.signal);
  } finally {
    await file.close();
  }
}

/** Fetches a file from its beginning to its end over one connection. */
async function stream(path: string, remote: RemoteFile, job: FetchJob): Promise<FetchedFile> {
  const { expected, source } = remote;
  // What came in parts has holes.
  const cut = await PartsFile.keepBeginning(path, expected.sha256 ?? remote.validator);
  const isSame = cut || (await isOfVersion(path, remote));
  const file = await PartialFile.open(path);
  try {
    if (!isSame) await file.restart();
    if (expected.sha256 === undefined && remote.validator !== undefined) await writeFile(tagOf(path), remote.validator);
    await file.reread((received, total) => job.onProgress({ phase: "verify", source, received, total }), job.signal);
    if (expected.size !== undefined && file.size > expected.size) await file.restart();
    if (expected.size !== undefined) await job.store.requireSpace(expected.size - file.size);
    await download(remote, file, { ...job, expected });
    return await file.finish(expected);
  } finally {
    await file.close();
  }
}

/** Whether what one connection has left is of the version that is wanted: without a digest, its host has to say so. */
async function isOfVersion(path: string, { expected, validator }: RemoteFile): Promise<boolean> {
  if (expected.sha256 !== undefined) return true;
  return validator !== undefined && (await readFile(tagOf(path), "utf8").catch(() => "")) === validator;
}

function tagOf(path: string): string {
  return `${path}.etag`;
}
