import { link, mkdir, readFile, rmdir, stat, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { FetchedFile, FetchJob } from "../fetch-job.js";
import { type HubFile, lookUpFile } from "./repository.js";

/** A revision of a repository. */
interface Revision {
  readonly repo: string;
  readonly revision: string;
}

/** Where Hugging Face's own programs keep what they fetch: `HF_HUB_CACHE`, or the folder `hub` in `HF_HOME` or in `~/.cache/huggingface`. */
export function cacheFolder(): string {
  const { HF_HUB_CACHE: cache, HF_HOME: home, XDG_CACHE_HOME: caches } = process.env;
  return cache || join(home || join(caches || join(homedir(), ".cache"), "huggingface"), "hub");
}

/** Where they keep a file of a digest, if they have it; undefined where their cache is not to be used. */
export function cachedFile(repo: string, sha256: string | undefined): string | undefined {
  return isSwitchedOff() || sha256 === undefined ? undefined : join(folderOf(repo), "blobs", sha256);
}

/**
 * Puts a file of the store into their cache, as they would have put it there. It takes no more room: it is the same file
 * under a second name. Where there is no such cache, or it cannot be written or linked to, nothing happens.
 */
export async function shareFile(at: Revision, file: HubFile, fetched: FetchedFile, job: FetchJob): Promise<void> {
  if (isSwitchedOff() || fetched.modified !== undefined || file.sha256 === undefined) return;
  try {
    const [cache, own] = await Promise.all([stat(cacheFolder()), stat(fetched.path)]);
    if (cache.isDirectory() && cache.dev === own.dev) await share(at, file, fetched, job);
  } catch {
    // The model is in the store: that others do not find it there is no failure.
  }
}

async function share(at: Revision, file: HubFile, { path, sha256 }: FetchedFile, job: FetchJob): Promise<void> {
  const hasty = { ...job, network: { ...job.network, retries: 0 } };
  const asked = file.commit === undefined ? await lookUpFile(at.repo, at.revision, file.path, hasty) : file;
  const { commit = "" } = asked;
  // The revision may have moved on since.
  if (!/^[\da-f]{40,64}$/.test(commit) || asked.sha256 !== sha256) return;
  const folder = folderOf(at.repo);
  const pointer = inside(join(folder, "snapshots", commit), file.path);
  const ref = inside(join(folder, "refs"), at.revision);
  if (pointer === undefined || ref === undefined) return;

  const blob = join(folder, "blobs", sha256);
  await mkdir(dirname(blob), { recursive: true });
  try {
    await unlessThere(link(path, blob));
  } catch (error) {
    for (const empty of [dirname(blob), folder]) await rmdir(empty).catch(() => undefined);
    throw error;
  }
  await mkdir(dirname(pointer), { recursive: true });
  // Links to files may need a right that not every user has on Windows; hard links do not.
  await unlessThere(symlink(relative(dirname(pointer), blob), pointer).catch(() => link(blob, pointer)));
  if (at.revision === commit || (await readFile(ref, "utf8").catch(() => "")) === commit) return;
  await mkdir(dirname(ref), { recursive: true });
  await writeFile(ref, commit);
}

function isSwitchedOff(): boolean {
  return process.env["MULLAMA_HF_CACHE"] === "0";
}

function folderOf(repo: string): string {
  return join(resolve(cacheFolder()), `models--${repo.replaceAll("/", "--")}`);
}

/** A path in a folder; undefined where it leads out of it. */
function inside(folder: string, path: string): string | undefined {
  const whole = resolve(folder, path);
  return whole.startsWith(folder + sep) ? whole : undefined;
}

async function unlessThere(work: Promise<void>): Promise<void> {
  await work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
