import { MullamaError } from "../errors.js";
import { fetchFile } from "./fetch-file.js";
import type { FetchedModel, FetchJob } from "./fetch-job.js";
import { HttpFailure, request, validatorOf } from "./http-request.js";
import { withRetries } from "./retry.js";
import { describeSource, type WebSource } from "./source.js";

/** Fetches a file from any web server. Its digest is not known before it has arrived. */
export async function fetchFromWeb(source: WebSource, job: FetchJob): Promise<FetchedModel> {
  const { url } = source;
  const head = await lookUp(url, job).catch((error: unknown) => {
    throw error instanceof HttpFailure && [404, 410].includes(error.status ?? 0)
      ? new MullamaError("MODEL_NOT_FOUND", error.message, { cause: error, hint: `There is no file at ${url}.` })
      : error;
  });
  const remote = { url, headers: {}, source: describeSource(source), ...head };
  return { files: [await fetchFile(remote, job)] };
}

/** Asks for a file's size and version; some servers do not answer such questions. */
async function lookUp(
  url: string,
  job: FetchJob,
): Promise<Pick<Parameters<typeof fetchFile>[0], "expected" | "validator">> {
  const unknown = { expected: { size: undefined, sha256: undefined } };
  try {
    const headers = { "accept-encoding": "identity" };
    const answer = await withRetries(job, () => request(url, { method: "HEAD", headers }, job));
    answer.cancel();
    const length = answer.headers.get("content-length");
    const expected = { size: length === null ? undefined : Number(length), sha256: undefined };
    return { expected, validator: validatorOf(answer.headers) };
  } catch (error) {
    if (error instanceof HttpFailure && [403, 405, 501].includes(error.status ?? 0)) return unknown;
    throw error;
  }
}
