import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Expected, FetchedFile, FetchJob } from "./fetch-job.js";
import { download, type Remote } from "./http-download.js";
import { PartialFile } from "./partial-file.js";
import { downloadParts } from "./parts-download.js";
import { PartsFile } from "./parts-file.js";

/** A file on a web server, with what is known of it. */
export interface RemoteFile extends Remote {
  readonly expected: Expected;
}

/**
 * Fetches a file into the job's folder, and goes on with what an earlier, interrupted fetch left there.
 *
 * @param name what it is called in that folder
 */
export async function fetchFile(remote: RemoteFile, name: string, job: FetchJob): Promise<FetchedFile> {
  const there = await job.findStored(remote.expected);
  if (there !== undefined) return there;
  const path = join(job.directory, `${name}.part`);
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

/** Fetches the files of a model one after another, and reports how far all of them are together. */
export async function fetchFiles(remotes: readonly RemoteFile[], name: string, job: FetchJob): Promise<FetchedFile[]> {
  const sizes = remotes.map(({ expected }) => expected.size);
  const total = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  const fetched: FetchedFile[] = [];
  let before = 0;
  for (const [index, remote] of remotes.entries()) {
    const offset = before;
    const onProgress: FetchJob["onProgress"] = (progress) =>
      job.onProgress(
        progress.phase === "download" ? { ...progress, received: progress.received + offset, total } : progress,
      );
    const own = remotes.length > 1 ? { ...job, onProgress } : job;
    const file = await fetchFile(remote, index === 0 ? name : `${name}-${index + 1}`, own);
    fetched.push(file);
    before += file.size;
  }
  return fetched;
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
  const file = await PartsFile.open(path, { size, partSize, version });
  try {
    await job.requireSpace(size - file.received);
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
  const file = await PartialFile.open(path);
  const tag = `${path}.etag`;
  try {
    // Without a digest, only what the host calls the same version may be joined; what came in parts has holes.
    const hasHoles = await PartsFile.removeNote(path);
    if (hasHoles) await file.restart();
    if (expected.sha256 === undefined) {
      const known =
        remote.validator !== undefined && (await readFile(tag, "utf8").catch(() => "")) === remote.validator;
      if (!known) await file.restart();
      if (remote.validator !== undefined) await writeFile(tag, remote.validator);
    }
    await file.reread((received, total) => job.onProgress({ phase: "verify", source, received, total }), job.signal);
    if (expected.size !== undefined && file.size > expected.size) await file.restart();
    if (expected.size !== undefined) await job.requireSpace(expected.size - file.size);
    await download(remote, file, { ...job, expected });
    const fetched = await file.finish(expected);
    await rm(tag, { force: true });
    return fetched;
  } finally {
    await file.close();
  }
}
