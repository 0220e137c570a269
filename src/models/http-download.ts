import { MullamaError } from "../errors.js";
import type { FetchJob } from "./fetch-job.js";
import { FileChanged } from "./file-changed.js";
import { HttpFailure, request, validatorOf } from "./http-request.js";
import type { PartialFile } from "./partial-file.js";
import { withRetries } from "./retry.js";

/** A file on a web server, as {@link download} needs to know it. */
export interface Remote {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The host, in words. */
  readonly source: string;
  /** What the host calls this version of the file, where only that tells it from others. */
  readonly validator?: string | undefined;
}

/**
 * Downloads a file, from where `file` stands to its end.
 * A broken transfer goes on where it broke; a host that is busy or silent is asked again after a while.
 *
 * @throws {MullamaError} `DOWNLOAD_FAILED` when the host refuses or the retries are used up, `ABORTED` when cancelled.
 */
export async function download(remote: Remote, file: PartialFile, job: FetchJob): Promise<void> {
  await withRetries(
    job,
    () => transfer(remote, file, job),
    () => file.size,
  );
}

/** One request: appends what comes until the end of the file. */
async function transfer(remote: Remote, file: PartialFile, job: FetchJob): Promise<void> {
  if (job.expected.size !== undefined && file.size === job.expected.size && file.size > 0) return;
  const headers: Record<string, string> = { ...remote.headers, "accept-encoding": "identity" };
  // Where neither is known, what has come may not be joined with what would follow.
  if (file.size > 0 && remote.validator === undefined && job.expected.sha256 === undefined) await file.restart();
  if (file.size > 0) headers["range"] = `bytes=${file.size}-`;
  if (file.size > 0 && remote.validator !== undefined) headers["if-range"] = remote.validator;
  const response = await request(remote.url, { headers }, job);
  if (response.status === 416) {
    await file.restart();
    throw new HttpFailure(`${remote.source} has no bytes from ${headers["range"]} on.`, {
      retryable: true,
      answered: true,
    });
  }
  if (file.size > 0 && startOf(response.headers.get("content-range")) !== file.size) await file.restart();
  if (file.size > 0 && isOtherVersion(response.headers, remote)) {
    response.cancel();
    throw new FileChanged(`${remote.source} has another version of the file now.`);
  }

  const total = totalOf(response.headers, file.size);
  if (job.expected.size !== undefined && total !== undefined && total !== job.expected.size) {
    response.cancel();
    throw new FileChanged(`${remote.source} offers ${total} bytes, but the file has ${job.expected.size}.`);
  }
  await receive(response.chunks(), total, remote, file, job);
}

async function receive(
  chunks: AsyncIterable<Uint8Array>,
  total: number | undefined,
  remote: Remote,
  file: PartialFile,
  job: FetchJob,
): Promise<void> {
  const progress = { phase: "download", source: remote.source, total } as const;
  job.onProgress({ ...progress, received: file.size });
  for await (const chunk of chunks) {
    await file.append(chunk);
    job.onProgress({ ...progress, received: file.size });
    const limit = total ?? job.expected.size;
    if (limit !== undefined && file.size > limit) {
      throw new MullamaError("DOWNLOAD_FAILED", `${remote.source} sent more than the ${limit} bytes of the file.`);
    }
  }
  if (total !== undefined && file.size < total) {
    throw new HttpFailure(`${remote.source} stopped after ${file.size} of ${total} bytes.`, {
      retryable: true,
      answered: true,
    });
  }
}

/** Whether an answer is of another version than the host has named before. */
export function isOtherVersion(headers: Headers, { validator }: Remote): boolean {
  return validator !== undefined && ![validator, undefined].includes(validatorOf(headers));
}

/** First byte of a partial answer, or 0 where the answer is the whole file. */
function startOf(contentRange: string | null): number {
  return Number(/^bytes (?<start>\d+)-/.exec(contentRange ?? "")?.groups?.["start"] ?? 0);
}

/** Size of the whole file as this answer tells it. */
function totalOf(headers: Headers, offset: number): number | undefined {
  const length = headers.get("content-length");
  return length === null ? undefined : offset + Number(length);
}
