import { MullamaError } from "../errors.js";
import type { RequestJob } from "./fetch-job.js";
import { PrivateAddressError, publicFetch } from "./public-fetch.js";

/** What a host wants to know first. */
export interface Challenge {
  /** Who wants to know it, which may be whom another host has redirected to. */
  readonly origin: string;
  /** Its `WWW-Authenticate`. */
  readonly text: string;
}

export interface HttpFailureOptions {
  /** Whether asking again may help. */
  readonly retryable: boolean;
  /** Whether the host answered at all. */
  readonly answered: boolean;
  /** Milliseconds that the host asked to wait. */
  readonly retryAfter?: number | undefined;
  readonly status?: number | undefined;
  readonly challenge?: Challenge | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A request that failed, with what is needed to decide whether to ask again. Code `DOWNLOAD_FAILED`. */
export class HttpFailure extends MullamaError {
  readonly retryable: boolean;
  readonly answered: boolean;
  readonly retryAfter: number | undefined;
  readonly status: number | undefined;
  readonly challenge: Challenge | undefined;

  constructor(message: string, options: HttpFailureOptions) {
    super("DOWNLOAD_FAILED", message, { cause: options.cause, hint: options.hint });
    this.retryable = options.retryable;
    this.answered = options.answered;
    this.retryAfter = options.retryAfter;
    this.status = options.status;
    this.challenge = options.challenge;
  }
}

/** An answer whose body stops with an error when the host falls silent. */
export interface WatchedResponse {
  readonly status: number;
  readonly headers: Headers;
  /** What answered, behind all redirects. */
  readonly url: string;
  /** The body; can be read once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Lets the connection go without reading the body. */
  cancel(): void;
}

/**
 * Asks a host, within the job's time limits.
 * Answers below 400 and 416 are returned.
 *
 * What a redirect leads to has to be on the internet, or on the host that the user has named; credentials stay with the
 * origin that they were meant for.
 *
 * @param namedHost the host that the user has named, which may be anywhere
 * @throws {HttpFailure} for every other answer, and when the host is unreachable or silent.
 */
export async function request(
  url: string,
  init: RequestInit,
  job: RequestJob,
  namedHost: string = new URL(url).hostname,
): Promise<WatchedResponse> {
  const headers = new Headers(init.headers);
  let at = new URL(url);
  for (let redirects = 0; redirects < 10; redirects++) {
    const isFree = at.hostname === namedHost || allowsPrivateHosts(job);
    const answer = await ask(at.href, { ...init, headers, redirect: "manual" }, job, isFree ? fetch : publicFetch);
    const location = init.redirect === "manual" ? null : answer.headers.get("location");
    if (location === null || answer.status < 300 || answer.status >= 400) return answer;
    answer.cancel();
    const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    if (
      next === undefined ||
      !/^https?:$/.test(next.protocol) ||
      (at.protocol === "https:" && next.protocol !== at.protocol)
    )
      throw new HttpFailure(`${at.host} redirects to what is no safe web address.`, {
        retryable: false,
        answered: true,
      });
    if (next.origin !== at.origin) headers.delete("authorization");
    at = next;
  }
  throw new HttpFailure(`${at.host} redirects without end.`, { retryable: false, answered: true });
}

function allowsPrivateHosts({ network }: RequestJob): boolean {
  return network.allowPrivateHosts || process.env["MULLAMA_ALLOW_PRIVATE_HOSTS"] === "1";
}

async function ask(
  url: string,
  init: RequestInit,
  job: RequestJob,
  send: (url: string, init: RequestInit) => Promise<Response>,
): Promise<WatchedResponse> {
  const watch = new Watch(job.signal);
  const host = new URL(url).host;
  const patience = job.isLast ? job.network.lastConnectTimeout : job.network.connectTimeout;
  watch.expectWithin(patience, `${host} did not answer within ${patience / 1000} seconds.`);
  try {
    const response = await send(url, { ...init, signal: watch.signal });
    if (response.status < 400 || response.status === 416) return watched(url, response, watch, job);
    throw await refusal(response, new URL(url));
  } catch (error) {
    watch.stop();
    if (error instanceof HttpFailure) throw error;
    if (error instanceof PrivateAddressError)
      throw new HttpFailure(error.message, {
        retryable: false,
        answered: true,
        hint: "To allow it, set MULLAMA_ALLOW_PRIVATE_HOSTS=1 or network.allowPrivateHosts.",
      });
    throw new HttpFailure(watch.overdue ?? `${host} could not be reached: ${innermost(error)}.`, {
      retryable: true,
      answered: false,
      cause: error,
    });
  }
}

function watched(url: string, response: Response, watch: Watch, job: RequestJob): WatchedResponse {
  const { host } = new URL(url);
  const silence = `${host} sent nothing for ${job.network.stallTimeout / 1000} seconds.`;
  watch.stop();
  return {
    status: response.status,
    headers: response.headers,
    url,
    cancel: () => watch.abort(),
    async *chunks() {
      if (response.body === null) return;
      const reader = response.body.getReader();
      try {
        for (;;) {
          watch.expectWithin(job.network.stallTimeout, silence);
          const { done, value } = await unlessAborted(reader.read(), watch.signal);
          watch.stop();
          if (done) return;
          yield value as Uint8Array;
        }
      } catch (error) {
        const message = watch.overdue ?? `The connection to ${host} broke: ${innermost(error)}.`;
        throw new HttpFailure(message, { retryable: true, answered: true, cause: error });
      } finally {
        watch.stop();
        void reader.cancel().catch(() => undefined);
      }
    },
  };
}

/** What is waited for, unless the signal comes first: a body of `fetch` that is aborted near its end may stay silent. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** What a host calls this version of a file, where bytes of the same version are the same bytes. */
export function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') === true ? etag : (headers.get("last-modified") ?? undefined);
}

/** Reads a body as text, which may have at most 32 MiB. */
export async function readText(response: WatchedResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.chunks()) {
    size += chunk.length;
    if (size > 32 << 20) throw new MullamaError("DOWNLOAD_FAILED", "The host sent far more than was asked for.");
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString();
}

/** A deadline that can be moved, joined to the caller's own signal. */
class Watch {
  readonly signal: AbortSignal;
  /** What did not happen in time, once the deadline has passed. */
  overdue: string | undefined;
  #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
  }

  expectWithin(milliseconds: number, failure: string): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.overdue = failure;
      this.abort();
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  abort(): void {
    this.#controller.abort();
  }
}

async function refusal(response: Response, { host, origin }: URL): Promise<HttpFailure> {
  const challenge = response.headers.get("www-authenticate");
  const said = await reasonIn(response).catch(() => undefined);
  const words = said ?? response.headers.get("x-error-message") ?? response.statusText;
  return new HttpFailure(`${host} answered ${response.status}${words === "" ? "" : ` (${words})`}.`, {
    retryable: response.status === 408 || response.status === 429 || response.status >= 500,
    answered: true,
    retryAfter: parseRetryAfter(response.headers.get("retry-after")),
    status: response.status,
    challenge: challenge === null ? undefined : { origin, text: challenge },
  });
}

/** The reason that a registry gives for a refusal: `{ "errors": [{ "code", "message" }] }`. */
async function reasonIn(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).length;
    if (size > 1 << 16) return undefined;
    parts.push(part as Uint8Array);
  }
  const { errors } = Object(JSON.parse(Buffer.concat(parts).toString())) as { readonly errors?: readonly unknown[] };
  const { message } = Object(errors?.[0]) as Readonly<Record<string, unknown>>;
  return typeof message === "string" && message !== "" ? printable(message.slice(0, 300)) : undefined;
}

/** Without what a terminal would take for a command. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
}

/** Milliseconds from a Retry-After header, which is in seconds or a date. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = Number(value);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** The words of the error at the bottom of the chain of causes: fetch's own say only "fetch failed". */
function innermost(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  if (deepest instanceof AggregateError && deepest.errors.length > 0) deepest = deepest.errors[0];
  const text = deepest instanceof Error ? deepest.message : String(deepest);
  return text.replace(/\.$/, "");
}
