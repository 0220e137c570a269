import { MullamaError } from "../errors.js";
import { throwIfAborted } from "./cancel.js";
import { fetchFiles, type RemoteFile } from "./fetch-file.js";
import type { FetchedModel, FetchJob } from "./fetch-job.js";
import { HttpFailure } from "./http-request.js";
import { cachedFile, shareFile } from "./hub/cache.js";
import { chooseFiles, partsOf, projectorFor } from "./hub/choose-files.js";
import { addressOf, authorization, hubUrl } from "./hub/hub.js";
import { type HubFile, listRepository, lookUpFile } from "./hub/repository.js";
import { describeSource, formatSource, type HuggingFaceRepository, type HuggingFaceSource } from "./source.js";
import { closest, listing } from "./suggest.js";

type Source = HuggingFaceSource | HuggingFaceRepository;

/**
 * Fetches a model from Hugging Face or from the mirror that `HF_ENDPOINT` names, with
 * `HF_TOKEN` or the token that `hf auth login` has saved.
 * What Hugging Face's own programs have in their cache is used there, and what is fetched is put there for them.
 */
export async function fetchFromHuggingFace(source: Source, job: FetchJob): Promise<FetchedModel> {
  const { files, projector } = await planOf(source, job);
  try {
    const all = projector === undefined ? files : [...files, projector];
    const fetched = await fetchFiles(
      all.map((file) => remoteOf(file, source)),
      job,
    );
    for (const [index, file] of all.entries()) {
      const copy = fetched[index];
      if (copy !== undefined) await shareFile(source, file, copy, job);
    }
    throwIfAborted(job.signal);
    const last = projector === undefined ? undefined : fetched.at(-1);
    return { files: fetched.slice(0, files.length), ...(last !== undefined && { projector: last }) };
  } catch (error) {
    throwIfAborted(job.signal);
    // What it has listed is there: a 404 now is a failure of the host's.
    throw error instanceof HttpFailure && error.status !== 404 ? await explain(error, source, job) : error;
  }
}

/** The files that are to be fetched of a repository. */
interface Plan {
  readonly files: readonly HubFile[];
  readonly projector?: HubFile | undefined;
}

async function planOf(source: Source, job: FetchJob): Promise<Plan> {
  try {
    return source.kind === "hf" ? await partsNamed(source, job) : await choose(source, job);
  } catch (error) {
    throwIfAborted(job.signal);
    throw error instanceof HttpFailure ? await explain(error, source, job) : error;
  }
}

/** The very file, the other parts where it is one part of a model, and the projector beside it. */
async function partsNamed({ repo, revision, file }: HuggingFaceSource, job: FetchJob): Promise<Plan> {
  if (job.expected.sha256 !== undefined) return { files: [{ path: file, ...job.expected }] };
  const files: HubFile[] = [];
  for (const path of partsOf(file)) files.push(await lookUpFile(repo, revision, path, job));
  const listed = await listRepository(repo, revision, job).catch((error: unknown) => {
    // A mirror may have files and no list of them.
    if (error instanceof HttpFailure && error.status !== undefined && !error.retryable) return [];
    throw error;
  });
  const paths = listed.filter(({ path }) => /\.gguf$/i.test(path)).map(({ path }) => path);
  const beside = projectorFor(file, paths);
  return { files, projector: listed.find(({ path }) => path === beside) };
}

async function choose({ repo, revision, quantization }: HuggingFaceRepository, job: FetchJob): Promise<Plan> {
  const listed = await listRepository(repo, revision, job);
  const paths = listed.map(({ path }) => path);
  const chosen = chooseFiles(repo, paths, quantization);
  const of = (wanted: readonly string[]): HubFile[] =>
    wanted.flatMap((path) => listed.filter((file) => file.path === path));
  const [projector] = of(chosen.projector === undefined ? [] : [chosen.projector]);
  return { files: of(chosen.files), projector };
}

function remoteOf({ path, size, sha256 }: HubFile, source: Source): RemoteFile {
  return {
    url: addressOf(source.repo, source.revision, path),
    headers: authorization(),
    source: describeSource(source),
    expected: { size, sha256 },
    shared: cachedFile(source.repo, sha256),
  };
}

/** Says what to do about an answer whose number alone would leave the user guessing. */
async function explain(failure: HttpFailure, source: Source, job: FetchJob): Promise<MullamaError> {
  if (failure.status === 404) {
    const hint = `${await nearest(source, job)}Look at ${pageOf(source)} for the files and revisions that exist.`;
    const message = `There is no ${formatSource(source)}: ${failure.message}`;
    return new MullamaError("MODEL_NOT_FOUND", message, { cause: failure, hint });
  }
  if (failure.status !== 401 && failure.status !== 403) return failure;
  const { retryable, answered, retryAfter, status } = failure;
  const hint =
    authorization()["authorization"] === undefined
      ? `The repository is gated, private or missing: see ${pageOf(source)}, accept its terms, and set HF_TOKEN.`
      : `The repository is gated or private: accept its terms at ${pageOf(source)} with the account that your token belongs to.`;
  return new HttpFailure(failure.message, { retryable, answered, retryAfter, status, hint, cause: failure });
}

function pageOf({ repo }: Source): string {
  return `${hubUrl()}/${repo}`;
}

/** The files that a repository has in the place of one that it has not. */
async function nearest(source: Source, job: FetchJob): Promise<string> {
  if (source.kind !== "hf") return "";
  const listed = await listRepository(source.repo, source.revision, job).catch(() => []);
  const paths = listed.map(({ path }) => path).filter((path) => /\.gguf$/i.test(path));
  const near = closest(source.file, paths);
  if (near !== undefined) return `Did you mean ${near}? `;
  return paths.length === 0 ? "" : `It has ${listing(paths)}. `;
}
