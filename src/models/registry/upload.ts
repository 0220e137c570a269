import { MullamaError } from "../../errors.js";
import type { RequestJob } from "../fetch-job.js";
import { HttpFailure, type WatchedResponse } from "../http-request.js";
import { withRetries } from "../retry.js";
import type { RegistryClient } from "./client.js";

/** A file that is to be in a registry. */
export interface UploadBlob {
  readonly sha256: string;
  readonly size: number;
  /** Its bytes from `start` up to `end`. */
  readonly read: (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;
}

/** How far an upload has come, and where it goes on. */
interface Session {
  readonly url: string;
  readonly offset: number;
}

/** Bytes of a request; more where a registry wants it. */
const CHUNK = 16 << 20;
/** Bytes in a millisecond that the slowest network takes, and that the slowest registry checks. */
const SLOWEST_NETWORK = 50;
const SLOWEST_CHECK = 50_000;

/** Whether a registry has a file. */
export async function hasBlob(client: RegistryClient, sha256: string, job: RequestJob): Promise<boolean> {
  try {
    const answer = await withRetries(job, () => client.ask(client.urlOf(`blobs/sha256:${sha256}`), { method: "HEAD" }));
    answer.cancel();
    return true;
  } catch (error) {
    if (error instanceof HttpFailure && error.status === 404) return false;
    throw error;
  }
}

/**
 * Sends a file to a registry, in parts. A part that did not arrive is sent again, from where the registry stands.
 *
 * @param onSent hears how many bytes have arrived
 * @throws {HttpFailure} what the registry refuses, among it a file that has another digest
 */
export async function uploadBlob(
  client: RegistryClient,
  blob: UploadBlob,
  job: RequestJob,
  onSent: (bytes: number) => void,
): Promise<void> {
  let session: Session | undefined;
  let chunk = CHUNK;
  const attempt = async (): Promise<void> => {
    session = session === undefined ? undefined : await whereItStands(client, session);
    if (session === undefined) {
      const answer = await begin(client);
      session = { url: locationOf(client, answer, client.urlOf("blobs/uploads/")), offset: 0 };
      chunk = Math.max(CHUNK, Number(answer.headers.get("oci-chunk-min-length") ?? 0) || 0);
    }
    onSent(session.offset);
    while (session.offset < blob.size) {
      session = await sendChunk(client, blob, session, Math.min(blob.size, session.offset + chunk), job);
      onSent(session.offset);
    }
    await finish(client, blob, session, job);
  };
  await withRetries(job, attempt, () => session?.offset ?? 0);
}

async function begin(client: RegistryClient): Promise<WatchedResponse> {
  const answer = await client.ask(client.urlOf("blobs/uploads/"), { method: "POST" });
  answer.cancel();
  return answer;
}

/** Asks how far an upload has come; undefined where the registry knows nothing of it. */
async function whereItStands(client: RegistryClient, { url }: Session): Promise<Session | undefined> {
  try {
    const answer = await client.ask(url, { method: "GET" });
    answer.cancel();
    return { url: locationOf(client, answer, url), offset: arrived(answer) ?? 0 };
  } catch (error) {
    if (error instanceof HttpFailure && !error.retryable) return undefined;
    throw error;
  }
}

async function sendChunk(
  client: RegistryClient,
  blob: UploadBlob,
  { url, offset }: Session,
  end: number,
  job: RequestJob,
): Promise<Session> {
  const body = await blob.read(offset, end);
  const headers = { "content-type": "application/octet-stream", "content-range": `${offset}-${end - 1}` };
  const init = { method: "PATCH", headers, body, redirect: "manual" } as const;
  const answer = await client.ask(url, init, morePatient(job, body.length / SLOWEST_NETWORK));
  answer.cancel();
  if (answer.status >= 300)
    throw new HttpFailure(
      `${new URL(url).host} did not take the bytes from ${offset} on: it answered ${answer.status}.`,
      {
        retryable: true,
        answered: true,
        status: answer.status,
      },
    );
  return { url: locationOf(client, answer, url), offset: end };
}

async function finish(client: RegistryClient, blob: UploadBlob, { url }: Session, job: RequestJob): Promise<void> {
  const address = `${url}${url.includes("?") ? "&" : "?"}digest=sha256%3A${blob.sha256}`;
  const patient = morePatient(job, blob.size / SLOWEST_CHECK);
  const answer = await client.ask(address, { method: "PUT", redirect: "manual" }, patient);
  answer.cancel();
  requireDigest(answer, blob.sha256, new URL(url).host);
}

/** @throws {MullamaError} `PUSH_FAILED` where a registry says that it has put down something else */
export function requireDigest(answer: WatchedResponse, sha256: string, host: string): void {
  const digest = answer.headers.get("docker-content-digest");
  if (answer.status < 300 && (digest === null || digest === `sha256:${sha256}`)) return;
  const instead = answer.status < 300 ? `has put down ${digest}` : `answered ${answer.status}`;
  throw new MullamaError("PUSH_FAILED", `${host} should have put down sha256:${sha256}, but ${instead}.`);
}

/** Bytes that have arrived, from `Range: 0-99`; of none, some registries say `0-0`. */
function arrived(answer: WatchedResponse): number | undefined {
  const last = /^(?:bytes=)?0-(?<last>\d+)$/.exec(answer.headers.get("range") ?? "")?.groups?.["last"];
  return last === undefined ? undefined : Number(last) === 0 ? 0 : Number(last) + 1;
}

/** Where an upload goes on. A registry behind a proxy may not know that it is spoken to with encryption. */
function locationOf(client: RegistryClient, answer: WatchedResponse, before: string): string {
  // Ollama's registry has a header of its own where it may answer with another address in the usual one.
  const location = answer.headers.get("docker-upload-location") ?? answer.headers.get("location");
  if (location === null || !URL.canParse(location, before)) return before;
  const url = new URL(location, before);
  if (client.urlOf("").startsWith("https:")) url.protocol = "https:";
  return url.href;
}

function morePatient(job: RequestJob, milliseconds: number): RequestJob {
  const lastConnectTimeout = job.network.lastConnectTimeout + milliseconds;
  return { ...job, network: { ...job.network, lastConnectTimeout } };
}
