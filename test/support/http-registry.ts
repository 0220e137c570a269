import { createHash, createPublicKey, verify } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A layer, by its media type. */
export type FakeLayer = readonly [mediaType: string, bytes: string | Uint8Array];

/** What a registry does in the place of what it is asked. */
export type RegistryFault =
  /** Breaks off the connection. */
  | { readonly kind: "drop" }
  /** Takes the bytes, and breaks off before it says so. */
  | { readonly kind: "drop-after" }
  | { readonly kind: "status"; readonly status: number; readonly body?: object };

/** A registry of container images or of Ollama on this machine, that asks for a token or a password if it is told to. */
export class FakeRegistry implements AsyncDisposable {
  /** Manifests by `repository/reference`. */
  readonly manifests = new Map<string, string>();
  readonly blobs = new Map<string, Buffer>();
  readonly requests: IncomingMessage[] = [];
  /** What a request has to carry; undefined: nothing. */
  token: string | undefined;
  /** `user:password`: what a request, or where there is a token the request for that, has to carry. */
  login: string | undefined;
  /** A public key, in base64 as OpenSSH has it: whoever signs with it gets a token. */
  publicKey: string | undefined;
  /** Gives tokens to those only who do not say who they are. */
  anonymousOnly = false;
  /** Where it says that tokens are given. Default: here. */
  realm: string | undefined;
  /** Where it sends who wants a file. */
  redirect: string | undefined;
  /** What goes wrong with the next requests that send something, by their method. */
  readonly faults: (RegistryFault & { readonly method: string })[] = [];
  readonly #nonces = new Set<string | null>();
  readonly #uploads = new Map<string, Buffer>();
  #server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => this.#answer(request, Buffer.concat(parts), response));
  });

  static async start(): Promise<FakeRegistry> {
    const registry = new FakeRegistry();
    // Nothing that the user has saved is sent to a test.
    process.env["DOCKER_CONFIG"] ??= "/dev/null";
    process.env["MULLAMA_OLLAMA_KEY"] ??= "/dev/null";
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests of a method, by their paths. */
  asked(method: string): string[] {
    return this.requests.filter((request) => request.method === method).map(({ url }) => url ?? "");
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
    return this.#keepManifest(repository, tag, JSON.stringify(manifest));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keepManifest(repository: string, tag: string, text: string): string {
    const digest = digestOf(text);
    for (const reference of [tag, digest]) this.manifests.set(`${repository}/${reference}`, text);
    return digest;
  }

  #keep(bytes: Buffer): string {
    this.blobs.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  }

  #answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    this.requests.push(request);
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    if (url.pathname === "/token") return this.#giveToken(request, url, body, response);
    if (!this.#isKnown(request.headers.authorization)) {
      const realm = this.realm ?? `http://${this.host}/token`;
      const bearer = `Bearer realm="${realm}",service="models",scope="pull"`;
      const challenge = this.token === undefined ? 'Basic realm="models"' : bearer;
      return void response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    if (request.method === "GET" || request.method === "HEAD") {
      if (!url.pathname.includes("/uploads/")) return this.#give(url, response);
    }
    const fault = this.faults[0]?.method === request.method ? this.faults.shift() : undefined;
    if (fault?.kind === "drop") return void response.destroy();
    if (fault?.kind === "status") {
      response.writeHead(fault.status, { "content-type": "application/json" });
      return void response.end(JSON.stringify(fault.body ?? {}));
    }
    this.#take(request, url, body, fault?.kind === "drop-after" ? undefined : response);
    if (fault?.kind === "drop-after") response.destroy();
  }

  #isKnown(authorization: string | undefined): boolean {
    if (this.token !== undefined) return authorization === `Bearer ${this.token}`;
    return this.login === undefined || authorization === basic(this.login);
  }

  #giveToken(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    if (this.publicKey !== undefined) {
      const isSigned = isSignedBy(this.publicKey, request, url) && !this.#nonces.has(url.searchParams.get("nonce"));
      this.#nonces.add(url.searchParams.get("nonce"));
      return void response.writeHead(isSigned ? 200 : 401).end(JSON.stringify({ token: this.token }));
    }
    if (this.anonymousOnly && request.headers.authorization !== undefined) return void response.writeHead(401).end();
    const asked = request.method === "POST" ? new URLSearchParams(body.toString()) : url.searchParams;
    const isRight = asked.get("service") === "models" && asked.get("scope") === "pull";
    const isKnown =
      this.login === undefined ||
      request.headers.authorization === basic(this.login) ||
      (asked.get("grant_type") === "refresh_token" && asked.get("refresh_token") === this.login);
    if (!isKnown) return void response.writeHead(401).end();
    response.writeHead(isRight ? 200 : 400).end(JSON.stringify({ token: this.token }));
  }

  #give(url: URL, response: ServerResponse): void {
    const listed = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname)?.[1];
    if (listed !== undefined) {
      const tags = [...this.manifests.keys()].flatMap((key) => {
        const [, tag = ""] = key.split(`${listed}/`);
        return tag === "" || tag.includes(":") ? [] : [tag];
      });
      return void response.writeHead(tags.length > 0 ? 200 : 404).end(JSON.stringify({ tags }));
    }
    const [, repository, kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (kind === "blobs" && this.redirect !== undefined)
      return void response.writeHead(307, { location: `${this.redirect}${url.pathname}` }).end();
    const body = kind === "blobs" ? this.blobs.get(reference) : this.manifests.get(`${repository}/${reference}`);
    if (body === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-length": Buffer.byteLength(body) }).end(body);
  }

  /** Takes what is pushed. Without a response, nobody hears of it. */
  #take(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse | undefined): void {
    const answer = (status: number, headers: Record<string, string> = {}): void =>
      void response?.writeHead(status, headers).end();
    const { method } = request;
    const manifest = /^\/v2\/(?<repository>.+)\/manifests\/(?<tag>.+)$/.exec(url.pathname)?.groups;
    if (manifest !== undefined) {
      const digest = this.#keepManifest(manifest["repository"] ?? "", manifest["tag"] ?? "", body.toString());
      return answer(201, { "docker-content-digest": digest });
    }
    const id = url.searchParams.get("id") ?? String(this.#uploads.size);
    const taken = this.#uploads.get(id) ?? Buffer.alloc(0);
    const location = `${url.pathname}?id=${id}`;
    const range = `0-${Math.max(0, taken.length - 1)}`;
    if (method === "GET") return answer(204, { location, range });
    if (method === "PUT") {
      const digest = url.searchParams.get("digest") ?? "";
      if (digestOf(taken) !== digest) return answer(400);
      return answer(201, { "docker-content-digest": this.#keep(taken) });
    }
    const start = Number(/^(\d+)-\d+$/.exec(request.headers["content-range"] ?? "0-0")?.[1]);
    if (method === "PATCH" && start !== taken.length) return answer(416, { range });
    this.#uploads.set(id, Buffer.concat([taken, body]));
    answer(202, { location, range: `0-${Math.max(0, taken.length + body.length - 1)}` });
  }
}

/** Whether a question for a token is signed as Ollama's registry wants it, now and for this question. */
function isSignedBy(publicKey: string, { headers, method }: IncomingMessage, url: URL): boolean {
  const [key, signature = ""] = headers.authorization?.split(":") ?? [];
  const age = Date.now() / 1000 - Number(url.searchParams.get("ts"));
  if (key !== publicKey || Math.abs(age) > 300 || url.searchParams.get("nonce")?.length !== 22) return false;
  const x = Buffer.from(publicKey, "base64").subarray(-32).toString("base64url");
  const verifier = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const noBody = Buffer.from(createHash("sha256").digest("hex")).toString("base64");
  return verify(undefined, Buffer.from(`${method},${url.href},${noBody}`), verifier, Buffer.from(signature, "base64"));
}

function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString("base64")}`;
}
