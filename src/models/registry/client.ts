import { createHash } from "node:crypto";
import { MullamaError } from "../../errors.js";
import type { FetchJob } from "../fetch-job.js";
import { HttpFailure, readText, request } from "../http-request.js";
import { withRetries } from "../retry.js";
import type { RegistrySource } from "../source.js";
import { askForToken } from "./token.js";

const MANIFESTS = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
];

/** A repository of a registry that speaks the protocol of the Open Container Initiative. */
export class RegistryClient {
  readonly #source: RegistrySource;
  readonly #job: FetchJob;
  #headers: Readonly<Record<string, string>> = {};

  constructor(source: RegistrySource, job: FetchJob) {
    this.#source = source;
    this.#job = job;
  }

  /** Text of the manifest that a tag or a digest names. */
  manifest(reference: string): Promise<string> {
    return this.#text(`manifests/${reference}`, MANIFESTS.join(", "));
  }

  /** A small file, checked against its digest. */
  async blob(sha256: string): Promise<string> {
    const text = await this.#text(`blobs/sha256:${sha256}`, "*/*");
    if (createHash("sha256").update(text).digest("hex") === sha256) return text;
    throw new MullamaError("DOWNLOAD_FAILED", `${this.urlOf(`blobs/sha256:${sha256}`)} has another digest.`);
  }

  /** Does something with what the registry knows the user by; once more, with a new token, where it asks for one. */
  async authorized<Result>(work: (headers: Readonly<Record<string, string>>) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#headers);
    } catch (error) {
      if (!(error instanceof HttpFailure) || error.status !== 401 || error.challenge === undefined) throw error;
      const token = await askForToken(error.challenge, this.#job, new URL(this.urlOf("")).hostname);
      if (token === undefined) throw error;
      this.#headers = { authorization: `Bearer ${token}` };
      return work(this.#headers);
    }
  }

  urlOf(path: string): string {
    return `${baseOf(this.#source)}/v2/${this.#source.repository}/${path}`;
  }

  #text(path: string, accept: string): Promise<string> {
    const ask = (headers: Readonly<Record<string, string>>): Promise<string> =>
      withRetries(this.#job, async () =>
        readText(await request(this.urlOf(path), { headers: { ...headers, accept } }, this.#job)),
      );
    return this.authorized(ask);
  }
}

/** Where a registry is: what a name says, or else the environment, or else the usual one. */
function baseOf({ kind, host }: RegistrySource): string {
  const isOllama = kind === "ollama";
  const given = process.env[isOllama ? "MULLAMA_OLLAMA_REGISTRY" : "MULLAMA_DOCKER_REGISTRY"];
  const usual = isOllama ? "https://registry.ollama.ai" : "https://registry-1.docker.io";
  if (host === undefined) return (given || usual).replace(/\/+$/, "");
  // As other programs have it: on this machine, registries do without encryption.
  return `${/^(?:localhost|127\.0\.0\.1)(?::|$)/.test(host) ? "http" : "https"}://${host}`;
}
