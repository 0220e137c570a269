import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A layer, by its media type. */
export type FakeLayer = readonly [mediaType: string, bytes: string | Uint8Array];

/** A registry of container images or of Ollama on this machine, that asks for a token if it is told to. */
export class FakeRegistry implements AsyncDisposable {
  /** Manifests by `repository/reference`. */
  readonly manifests = new Map<string, string>();
  readonly blobs = new Map<string, Buffer>();
  readonly requests: IncomingMessage[] = [];
  /** What a request has to carry; undefined: nothing. */
  token: string | undefined;
  #server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<FakeRegistry> {
    const registry = new FakeRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Puts a model there. @returns the digest of its manifest */
  add(repository: string, tag: string, layers: readonly FakeLayer[]): string {
    const list = layers.map(([mediaType, content]) => {
      const bytes = Buffer.from(content);
      return { mediaType, digest: this.#keep(bytes), size: bytes.length };
    });
    return this.addManifest(repository, tag, { schemaVersion: 2, layers: list });
  }

  addManifest(repository: string, tag: string, manifest: object): string {
    const text = JSON.stringify(manifest);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    for (const reference of [tag, digest]) this.manifests.set(`${repository}/${reference}`, text);
    return digest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(bytes: Buffer): string {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    this.blobs.set(digest, bytes);
    return digest;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request);
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    if (url.pathname === "/token") {
      const isRight = url.searchParams.get("service") === "models" && url.searchParams.get("scope") === "pull";
      return void response.writeHead(isRight ? 200 : 400).end(JSON.stringify({ token: this.token }));
    }
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      const challenge = `Bearer realm="http://${this.host}/token",service="models",scope="pull"`;
      return void response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    const [, repository, kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const body = kind === "blobs" ? this.blobs.get(reference) : this.manifests.get(`${repository}/${reference}`);
    if (body === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-length": Buffer.byteLength(body) }).end(body);
  }
}
