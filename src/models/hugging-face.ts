import { stat } from "node:fs/promises";
import { join } from "node:path";
import { MullamaError } from "../errors.js";
import type { Expected, FetchedFile, FetchJob } from "./fetch-job.js";
import { download } from "./http-download.js";
import { HttpFailure, request, type WatchedResponse } from "./http-request.js";
import { PartialFile } from "./partial-file.js";
import { withRetries } from "./retry.js";
import { describeSource, type HuggingFaceSource } from "./source.js";

/**
 * Fetches a file from Hugging Face or from the mirror that `HF_ENDPOINT` names, with `HF_TOKEN` if it is set.
 * Goes on with what an earlier, interrupted fetch left in the job's folder.
 */
export async function fetchFromHuggingFace(source: HuggingFaceSource, job: FetchJob): Promise<FetchedFile> {
  try {
    const expected = job.expected.sha256 === undefined ? await lookUp(source, job) : job.expected;
    const path = join(job.directory, "hugging-face.part");
    const wasThere = await stat(path).then(
      (found) => found.size > 0,
      () => false,
    );
    try {
      return await downloadFile(path, source, { ...job, expected });
    } catch (error) {
      const left = await stat(path).then(
        () => true,
        () => false,
      );
      if (!wasThere || left || job.signal.aborted) throw error;
      return await downloadFile(path, source, { ...job, expected });
    }
  } catch (error) {
    throw error instanceof HttpFailure ? explain(error, source) : error;
  }
}

async function downloadFile(path: string, source: HuggingFaceSource, job: FetchJob): Promise<FetchedFile> {
  const name = describeSource(source);
  const file = await PartialFile.open(path);
  try {
    if (job.expected.sha256 === undefined) await file.restart();
    await file.reread(
      (received, total) => job.onProgress({ phase: "verify", source: name, received, total }),
      job.signal,
    );
    if (job.expected.size !== undefined && file.size > job.expected.size) await file.restart();
    if (job.expected.size !== undefined) await job.requireSpace(job.expected.size - file.size);
    await download({ url: addressOf(source), headers: authorization(), source: name }, file, job);
    return await file.finish(job.expected);
  } finally {
    await file.close();
  }
}

/** Asks for a file's size and digest, which the hub gives in the headers of the redirect to its storage. */
async function lookUp(source: HuggingFaceSource, job: FetchJob): Promise<Expected> {
  let url = addressOf(source);
  for (let redirects = 0; redirects < 5; redirects++) {
    const address = url;
    const init: RequestInit = { method: "HEAD", headers: authorization(), redirect: "manual" };
    const answer = await withRetries(job, () => request(address, init, job));
    answer.cancel();
    const next = renamedTo(answer, url);
    if (next === undefined) return readExpected(answer);
    url = next;
  }
  throw new MullamaError("DOWNLOAD_FAILED", `${describeSource(source)} redirects without end.`);
}

/** Where a renamed repository lives now: such a redirect stays on the host, the one to the storage carries the digest. */
function renamedTo(answer: WatchedResponse, url: string): string | undefined {
  const location = answer.headers.get("location");
  if (answer.status < 300 || location === null || answer.headers.has("x-linked-etag")) return undefined;
  const next = new URL(location, url);
  return next.origin === new URL(url).origin ? next.href : undefined;
}

function readExpected(answer: WatchedResponse): Expected {
  const sha256 = /^"?(?<digest>[\da-f]{64})"?$/.exec(answer.headers.get("x-linked-etag") ?? "")?.groups?.["digest"];
  const size = answer.headers.get("x-linked-size");
  return { sha256, size: size === null ? undefined : Number(size) };
}

function endpoint(): string {
  return (process.env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
}

function addressOf(source: HuggingFaceSource): string {
  const path = [source.repo, "resolve", encodeURIComponent(source.revision), source.file];
  return `${endpoint()}/${path.map((part) => part.replace(/[^/%]+/g, encodeURIComponent)).join("/")}`;
}

function authorization(): Record<string, string> {
  const token = process.env["HF_TOKEN"];
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** Says what to do about an answer whose number alone would leave the user guessing. */
function explain(failure: HttpFailure, source: HuggingFaceSource): HttpFailure {
  const hint = hintFor(failure.status, source);
  if (hint === undefined) return failure;
  const { retryable, answered, retryAfter, status } = failure;
  return new HttpFailure(failure.message, { retryable, answered, retryAfter, status, hint, cause: failure });
}

function hintFor(status: number | undefined, source: HuggingFaceSource): string | undefined {
  const page = `${endpoint()}/${source.repo}`;
  if (status === 401 || status === 403) {
    return process.env["HF_TOKEN"]
      ? `The repository is gated or private: accept its terms at ${page} with the account that HF_TOKEN belongs to.`
      : `The repository is gated, private or missing: see ${page}, accept its terms, and set HF_TOKEN.`;
  }
  return status === 404 ? `Look at ${page} for the files and revisions that exist.` : undefined;
}
