import { MullamaError } from "../../errors.js";
import type { Expected, FetchJob } from "../fetch-job.js";
import { HttpFailure, readText, request, type WatchedResponse } from "../http-request.js";
import { withRetries } from "../retry.js";
import { addressOf, authorization, hubUrl } from "./hub.js";

/** A file of a repository. */
export interface HubFile extends Expected {
  readonly path: string;
  /** The commit that a revision has turned out to mean, where the hub has said it. */
  readonly commit?: string | undefined;
}

/** Lists all files of a repository. */
export async function listRepository(repo: string, revision: string, job: FetchJob): Promise<HubFile[]> {
  // Loaded late: hardly anyone needs it, and everyone would wait for it.
  const { listFiles } = await import("@huggingface/hub");
  const files: HubFile[] = [];
  const listing = listFiles({
    repo: { type: "model", name: repo },
    revision: encodeURIComponent(revision),
    recursive: true,
    hubUrl: hubUrl(),
    fetch: (url: string | URL | Request) => ask(url instanceof Request ? url.url : String(url), job),
  });
  try {
    for await (const { type, path, size, lfs } of listing) {
      if (type === "file") files.push({ path, size: lfs?.size ?? size, sha256: lfs?.oid });
    }
  } catch (error) {
    if (MullamaError.isInstance(error)) throw error;
    throw new MullamaError("DOWNLOAD_FAILED", `The files of ${repo} could not be listed: ${String(error)}.`, {
      cause: error,
    });
  }
  return files;
}

/** What the hub's own client asks with: within the time limits of a job, and again where that may help. */
function ask(url: string, job: FetchJob): Promise<Response> {
  return withRetries(job, async () => {
    const answer = await request(url, { headers: authorization() }, job);
    return new Response(await readText(answer), { status: answer.status, headers: answer.headers });
  });
}

/** Asks for one file's size and digest, which the hub gives in the headers of the redirect to its storage. */
export async function lookUpFile(repo: string, revision: string, path: string, job: FetchJob): Promise<HubFile> {
  let url = addressOf(repo, revision, path);
  for (let redirects = 0; redirects < 5; redirects++) {
    const address = url;
    const init: RequestInit = { method: "HEAD", headers: authorization(), redirect: "manual" };
    const answer = await withRetries(job, () => request(address, init, job));
    answer.cancel();
    const next = renamedTo(answer, url);
    if (next === undefined)
      return { path, ...readExpected(answer), commit: answer.headers.get("x-repo-commit") ?? undefined };
    url = next;
  }
  throw new HttpFailure(`${new URL(url).host} redirects without end.`, { retryable: false, answered: true });
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
