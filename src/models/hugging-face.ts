import { throwIfAborted } from "./cancel.js";
import { fetchFiles, type RemoteFile } from "./fetch-file.js";
import type { FetchedModel, FetchJob } from "./fetch-job.js";
import { HttpFailure } from "./http-request.js";
import { chooseFiles, partsOf } from "./hub/choose-files.js";
import { addressOf, authorization, hubUrl } from "./hub/hub.js";
import { type HubFile, listRepository, lookUpFile } from "./hub/repository.js";
import { describeSource, type HuggingFaceRepository, type HuggingFaceSource } from "./source.js";

type Source = HuggingFaceSource | HuggingFaceRepository;

/**
 * Fetches a model from Hugging Face or from the mirror that `HF_ENDPOINT` names, with
 * `HF_TOKEN` or the token that `hf auth login` has saved.
 * Goes on with what an earlier, interrupted fetch left in the job's folder.
 */
export async function fetchFromHuggingFace(source: Source, job: FetchJob): Promise<FetchedModel> {
  try {
    const { files, projector } = source.kind === "hf" ? await partsNamed(source, job) : await choose(source, job);
    const all = projector === undefined ? files : [...files, projector];
    const fetched = await fetchFiles(
      all.map((file) => remoteOf(file, source)),
      "hugging-face",
      job,
    );
    const last = projector === undefined ? undefined : fetched.at(-1);
    return { files: fetched.slice(0, files.length), ...(last !== undefined && { projector: last }) };
  } catch (error) {
    throwIfAborted(job.signal);
    throw error instanceof HttpFailure ? explain(error, source) : error;
  }
}

/** The files that are to be fetched of a repository. */
interface Plan {
  readonly files: readonly HubFile[];
  readonly projector?: HubFile | undefined;
}

/** The very file, and the other parts where it is one part of a model. */
async function partsNamed({ repo, revision, file }: HuggingFaceSource, job: FetchJob): Promise<Plan> {
  if (job.expected.sha256 !== undefined) return { files: [{ path: file, ...job.expected }] };
  const files: HubFile[] = [];
  for (const path of partsOf(file)) files.push(await lookUpFile(repo, revision, path, job));
  return { files };
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
  };
}

/** Says what to do about an answer whose number alone would leave the user guessing. */
function explain(failure: HttpFailure, source: Source): HttpFailure {
  const hint = hintFor(failure.status, source);
  if (hint === undefined) return failure;
  const { retryable, answered, retryAfter, status } = failure;
  return new HttpFailure(failure.message, { retryable, answered, retryAfter, status, hint, cause: failure });
}

function hintFor(status: number | undefined, source: Source): string | undefined {
  const page = `${hubUrl()}/${source.repo}`;
  if (status === 401 || status === 403) {
    return authorization()["authorization"] === undefined
      ? `The repository is gated, private or missing: see ${page}, accept its terms, and set HF_TOKEN.`
      : `The repository is gated or private: accept its terms at ${page} with the account that your token belongs to.`;
  }
  return status === 404 ? `Look at ${page} for the files and revisions that exist.` : undefined;
}
