import { createHash } from "node:crypto";
import { MullamaError } from "../../errors.js";
import type { RequestJob } from "../fetch-job.js";
import { HttpFailure, readText, request, type WatchedResponse } from "../http-request.js";
import { withRetries } from "../retry.js";
import type { RegistrySource } from "../source.js";
import { authorizationFor } from "./authorize.js";
import { findCredentials, type FoundCredentials } from "./docker-config.js";
import { findOllamaKey, type FoundKey } from "./ollama-key.js";

const MANIFESTS = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
];

type Headers = Readonly<Record<string, string>>;
type RegistryRequest = Omit<RequestInit, "headers"> & { readonly headers?: Headers };

/** A repository of a registry that speaks the protocol of the Open Container Initiative. */
export class RegistryClient {
  readonly #base: string;
  readonly #repository: string;
  readonly #job: RequestJob;
  readonly #host: string | undefined;
  readonly #isOllama: boolean;
  #headers: Headers = {};
  #found: Promise<FoundCredentials> | undefined;
  #foundKey: Promise<FoundKey> | undefined;

  /** @param insecure without encryption, where the source names a host */
  constructor(source: RegistrySource, job: RequestJob, insecure = false) {
    this.#base = baseOf(source, insecure);
    this.#repository = source.repository;
    this.#job = job;
    this.#host = source.host;
    this.#isOllama = source.kind === "ollama";
  }

  /** Text of the manifest that a tag or a digest names. */
  manifest(reference: string): Promise<string> {
    return this.#text(`manifests/${reference}`, MANIFESTS.join(", "));
  }

  /** The tags of the repository; none where the registry does not list them. */
  async tags(): Promise<readonly string[]> {
    const { tags } = Object(JSON.parse(await this.#text("tags/list", "application/json"))) as {
      readonly tags?: unknown;
    };
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  }

  /** A small file, checked against its digest. */
  async blob(sha256: string): Promise<string> {
    const text = await this.#text(`blobs/sha256:${sha256}`, "*/*");
    if (createHash("sha256").update(text).digest("hex") === sha256) return text;
    throw new MullamaError("DOWNLOAD_FAILED", `${this.urlOf(`blobs/sha256:${sha256}`)} has another digest.`);
  }

  /** Does something with what the registry knows the user by; once more, with what it asks for, where it asks. */
  async authorized<Result>(work: (headers: Headers) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#headers);
    } catch (error) {
      const registry = new URL(this.#base);
      const challenge = error instanceof HttpFailure && error.status === 401 ? error.challenge : undefined;
      // What another host asks, that an upload or a download was sent on to, is not for this user to answer.
      if (challenge?.origin !== registry.origin) throw error;
      const { credentials } = await this.#credentials();
      const findKey = this.#isOllama ? async () => (await this.#key()).key : undefined;
      const authorization = await authorizationFor(challenge.text, registry, credentials, this.#job, findKey);
      if (authorization === undefined) throw error;
      this.#headers = { authorization };
      return work(this.#headers);
    }
  }

  /**
   * Asks once, as the user.
   *
   * @param address on the registry, or where it has said: what the user is known by is for the registry alone
   * @param job another one, where it takes another patience
   */
  ask(address: string, init: RegistryRequest, job: RequestJob = this.#job): Promise<WatchedResponse> {
    const base = new URL(this.#base);
    const isRegistry = new URL(address).origin === base.origin;
    return this.authorized((headers) =>
      request(address, { ...init, headers: { ...init.headers, ...(isRegistry && headers) } }, job, base.hostname),
    );
  }

  urlOf(path: string): string {
    return `${this.#base}/v2/${this.#repository}/${path}`;
  }

  /** What may help a user who is refused, as sentences. */
  async advice(): Promise<string> {
    const { problem } = (await this.#found) ?? {};
    const { advice } = (await this.#foundKey) ?? {};
    const host = this.#host ?? "the registry";
    const login = `Log in to ${host} as docker login does, or set DOCKER_AUTH_CONFIG.`;
    // Only Ollama's own registry knows no passwords.
    return [problem, this.#host === undefined && advice !== undefined ? advice : login].filter(Boolean).join(" ");
  }

  #key(): Promise<FoundKey> {
    return (this.#foundKey ??= findOllamaKey());
  }

  #credentials(): Promise<FoundCredentials> {
    return (this.#found ??= findCredentials(new URL(this.#base).host, this.#job.signal));
  }

  #text(path: string, accept: string): Promise<string> {
    return withRetries(this.#job, async () => readText(await this.ask(this.urlOf(path), { headers: { accept } })));
  }
}

/** Where a registry is: what a name says, or else the environment, or else the usual one. */
function baseOf({ kind, host }: RegistrySource, insecure: boolean): string {
  const isOllama = kind === "ollama";
  const given = process.env[isOllama ? "MULLAMA_OLLAMA_REGISTRY" : "MULLAMA_DOCKER_REGISTRY"];
  const usual = isOllama ? "https://registry.ollama.ai" : "https://registry-1.docker.io";
  if (host === undefined) return (given || usual).replace(/\/+$/, "");
  // As other programs have it: on this machine, registries do without encryption.
  return `${insecure || /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(host) ? "http" : "https"}://${host}`;
}
