import { MullamaError } from "../errors.js";
import { aborted } from "./cancel.js";
import type { FetchJob } from "./fetch-job.js";
import { FileChanged } from "./file-changed.js";
import { isOtherVersion, type Remote } from "./http-download.js";
import { HttpFailure, request, type WatchedResponse } from "./http-request.js";
import type { PartsFile } from "./parts-file.js";
import { withRetries } from "./retry.js";

/** How often what has come is noted, in milliseconds. */
const NOTE_PAUSE = 1000;

/** An answer that is not the range that was asked for: the host has none, or another version of the file. */
class NoSuchRange extends HttpFailure {}

/**
 * Downloads what a file lacks over several connections, a part each at a time.
 * The first one goes ahead, to see whether the host gives ranges, and where it keeps the bytes.
 *
 * @returns false where the host does not give ranges of this version of the file
 * @throws {MullamaError} `DOWNLOAD_FAILED` when the host refuses or the retries are used up, `ABORTED` when cancelled.
 */
export async function downloadParts(remote: Remote, file: PartsFile, job: FetchJob): Promise<boolean> {
  const download = new PartsDownload(remote, file, job);
  const notes = setInterval(() => void file.save(), NOTE_PAUSE);
  try {
    await download.run();
    return true;
  } catch (error) {
    if (job.signal.aborted) throw aborted(job.signal);
    if (error instanceof NoSuchRange) return false;
    throw error;
  } finally {
    clearInterval(notes);
  }
}

class PartsDownload {
  readonly #remote: Remote;
  readonly #file: PartsFile;
  readonly #job: FetchJob;
  readonly #queue: number[];
  readonly #stop = new AbortController();
  /** Those behind the first connection. */
  #others: Promise<void>[] | undefined;
  #working = 0;
  #failure: { readonly error: unknown } | undefined;
  /** Where the host has sent the last request to; it may have been signed for a while only. */
  #address: string | undefined;

  constructor(remote: Remote, file: PartsFile, job: FetchJob) {
    this.#remote = remote;
    this.#file = file;
    this.#job = { ...job, signal: AbortSignal.any([job.signal, this.#stop.signal]) };
    this.#queue = file.missing;
  }

  async run(): Promise<void> {
    await this.#work();
    await Promise.all(this.#others ?? []);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** One connection: fetches part after part. The first failure stops all. */
  async #work(): Promise<void> {
    this.#working++;
    try {
      while (this.#queue.length > 0 && (await this.#fetchNext()));
    } catch (error) {
      this.#failure ??= { error };
      this.#stop.abort();
    } finally {
      this.#working--;
    }
  }

  /** @returns false where this connection is one too many for the host: its part is left to the others */
  async #fetchNext(): Promise<boolean> {
    const part = this.#queue.shift() ?? 0;
    try {
      await withRetries(
        this.#job,
        () => this.#fetch(part),
        () => this.#file.start(part),
      );
      return true;
    } catch (error) {
      const isOneTooMany = error instanceof HttpFailure && error.retryable && this.#working > 1;
      if (!isOneTooMany || error instanceof NoSuchRange) throw error;
      this.#queue.unshift(part);
      return false;
    }
  }

  async #fetch(part: number): Promise<void> {
    const { source } = this.#remote;
    const end = this.#file.end(part);
    const response = await this.#ask(this.#file.start(part), end);
    this.#others ??= Array.from({ length: this.#job.network.connections - 1 }, () => this.#work());
    for await (const chunk of response.chunks()) {
      if (chunk.length > end - this.#file.start(part))
        throw new MullamaError("DOWNLOAD_FAILED", `${source} sent more bytes than it was asked for.`);
      await this.#file.write(part, chunk);
      const { received, plan } = this.#file;
      this.#job.onProgress({ phase: "download", source, received, total: plan.size });
    }
    if (this.#file.start(part) < end)
      throw new HttpFailure(`${source} stopped ${end - this.#file.start(part)} bytes before the end of a part.`, {
        retryable: true,
        answered: true,
      });
  }

  async #ask(start: number, end: number): Promise<WatchedResponse> {
    const { url, validator } = this.#remote;
    const address = this.#address;
    const headers: Record<string, string> = { "accept-encoding": "identity", range: `bytes=${start}-${end - 1}` };
    if (validator !== undefined) headers["if-range"] = validator;
    // What the host is told, another one is not.
    const isAtHost = address === undefined || new URL(address).origin === new URL(url).origin;
    const init = { headers: isAtHost ? { ...this.#remote.headers, ...headers } : headers };
    try {
      const response = await request(address ?? url, init, this.#job, new URL(url).hostname);
      this.#requireRange(response, start, end);
      this.#address = response.url;
      return response;
    } catch (error) {
      if (address === undefined || !isRefusal(error)) throw error;
      if (this.#address === address) this.#address = undefined;
      return this.#ask(start, end);
    }
  }

  #requireRange(response: WatchedResponse, start: number, end: number): void {
    const given = /^bytes (?<first>\d+)-(?<last>\d+)\/(?<total>\d+|\*)$/.exec(
      response.headers.get("content-range") ?? "",
    )?.groups;
    const { source, validator } = this.#remote;
    const { size } = this.#file.plan;
    const isRange = response.status === 206 && Number(given?.["first"]) === start && Number(given?.["last"]) < end;
    const isSameSize = given?.["total"] === "*" || Number(given?.["total"]) === size;
    const isOther = isOtherVersion(response.headers, this.#remote);
    if (isRange && isSameSize && !isOther) return;
    response.cancel();
    if (isOther) throw new FileChanged(`${source} has another version of the file now.`);
    throw new NoSuchRange(`${source} does not give bytes ${start} to ${end - 1} of the file.`, {
      // A digest tells in the end whether all parts are of one file. So one odd answer need not spoil what has come.
      retryable: validator === undefined && this.#others !== undefined,
      answered: true,
    });
  }
}

/** Whether a host will say the same again: so a signed address that has expired answers. */
function isRefusal(error: unknown): boolean {
  return error instanceof HttpFailure && !(error instanceof NoSuchRange) && !error.retryable;
}
