import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.js";

/** How the hub misbehaves on one request for a file. */
export type Fault =
  /** Does nothing wrong. */
  | { kind: "none" }
  /** Closes the connection after so many bytes of the answer. */
  | { kind: "drop"; after: number }
  /** Sends so many bytes, then nothing, with the connection open. */
  | { kind: "stall"; after: number }
  /** Never answers. */
  | { kind: "silence" }
  | { kind: "status"; status: number; headers?: Record<string, string> }
  /** Sends other bytes of the same number. */
  | { kind: "corrupt" }
  /** Sends a longer or a shorter file, whose own headers are right. */
  | { kind: "length"; length: number }
  /** Answers a request for a range with the whole file. */
  | { kind: "whole" }
  /** Sends the whole file with no length, and more bytes than it has. */
  | { kind: "endless" };

export interface HubRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** A server on this machine that speaks the part of Hugging Face's protocol that is used, and misbehaves on demand. */
export class FakeHub implements AsyncDisposable {
  readonly files = new Map<string, Buffer>();
  readonly requests: HubRequest[] = [];
  /** What goes wrong with the next requests for a file's bytes, one each, in order. */
  readonly faults: Fault[] = [];
  /** Answers that are going on; beyond `mostConnections` of them, the storage is busy. */
  connections = 0;
  mostConnections = Infinity;
  /** Addresses of the storage are signed with it; those that were signed with another are refused. */
  signature = "";
  /** The name under which this machine is the storage, where that is another than the hub's. */
  storageHost = "127.0.0.1";
  /** Old path of a repository to its new one. */
  readonly renamed = new Map<string, string>();
  /** Has files, and no lists of them, as some mirrors. */
  unlisted = false;
  /** The commit that every revision means. */
  commit = "0123456789abcdef0123456789abcdef01234567";
  #server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    await new Promise<void>((resolve) => hub.#server.listen(0, "127.0.0.1", resolve));
    process.env["HF_ENDPOINT"] = hub.url;
    // Nothing that the user has saved is sent to a test.
    process.env["HF_TOKEN_PATH"] = "/dev/null";
    // Nor is what other programs have fetched for the user read or added to: this folder is not there.
    process.env["HF_HUB_CACHE"] = join(temporaryFolder(), "none");
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests for bytes, without the questions about size and digest. */
  get downloads(): HubRequest[] {
    return this.requests.filter(({ method, path }) => method === "GET" && path.startsWith("/storage/"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    delete process.env["HF_ENDPOINT"];
    delete process.env["HF_TOKEN_PATH"];
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url: path = "", headers } = request;
    this.requests.push({ method, path, range: headers.range, authorization: headers.authorization });
    if (path.startsWith("/storage/")) return this.#sendBytes(path.slice("/storage".length), headers.range, response);
    if (path.startsWith("/api/models/")) return this.#list(path.slice("/api/models".length), response);
    const [repo, file] = path.split("/resolve/");
    const newRepo = this.renamed.get(repo ?? "");
    if (newRepo !== undefined) return void response.writeHead(307, { location: `${newRepo}/resolve/${file}` }).end();
    const bytes = this.files.get(path);
    if (bytes === undefined) return void response.writeHead(404, { "x-error-message": "Entry not found" }).end();
    const fault = this.faults[0];
    if (fault?.kind === "status" && fault.status !== 416) {
      this.faults.shift();
      return void response.writeHead(fault.status, fault.headers).end();
    }
    response
      .writeHead(302, {
        location: `${this.url.replace("127.0.0.1", this.storageHost)}/storage${path}${this.signature}`,
        "x-linked-etag": `"${createHash("sha256").update(bytes).digest("hex")}"`,
        "x-linked-size": bytes.length,
        "x-repo-commit": this.commit,
      })
      .end();
  }

  /** The files of a repository at a revision, as the hub's list has them. */
  #list(path: string, response: ServerResponse): void {
    const [repo = "", revision = ""] = path.replace(/\?.*/, "").split("/tree/");
    const prefix = `${repo}/resolve/${revision}/`;
    const found = [...this.files].filter(([name]) => name.startsWith(prefix));
    if (this.unlisted || found.length === 0)
      return void response.writeHead(404, { "x-error-message": "Not found" }).end();
    const files = found.map(([name, bytes]) => {
      const oid = createHash("sha256").update(bytes).digest("hex");
      const lfs = { oid, size: bytes.length, pointerSize: 134 };
      return {
        type: "file",
        oid: oid.slice(0, 40),
        size: bytes.length,
        path: decodeURIComponent(name.slice(prefix.length)),
        lfs,
      };
    });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(files));
  }

  #sendBytes(path: string, range: string | undefined, response: ServerResponse): void {
    const [name = "", signature = ""] = path.split(/(?=\?)/);
    const whole = this.files.get(name) ?? Buffer.alloc(0);
    if (signature !== this.signature || this.connections >= this.mostConnections)
      return void response.writeHead(signature === this.signature ? 503 : 403).end();
    const fault = this.faults.shift();
    const asked = fault?.kind === "whole" ? undefined : /^bytes=(?<start>\d+)-(?<end>\d*)$/.exec(range ?? "")?.groups;
    const start = Number(asked?.["start"] ?? 0);
    const end = Math.min(whole.length, Number(asked?.["end"] || whole.length) + 1);
    this.connections++;
    response.once("close", () => this.connections--);
    if (fault?.kind === "silence") return;
    if (fault?.kind === "status") return void response.writeHead(fault.status, fault.headers).end();
    if (start >= whole.length)
      return void response.writeHead(416, { "content-range": `bytes */${whole.length}` }).end();

    let bytes = whole.subarray(start, end);
    if (fault?.kind === "corrupt") bytes = Buffer.from(bytes.map((byte) => byte ^ 1));
    if (fault?.kind === "length") bytes = Buffer.alloc(fault.length, 7);
    const contentRange = { "content-range": `bytes ${start}-${end - 1}/${whole.length}` };
    const length = fault?.kind === "endless" ? {} : { "content-length": bytes.length };
    const isPart = asked !== undefined;
    response.writeHead(isPart ? 206 : 200, { ...(isPart ? contentRange : {}), ...length });
    if (fault?.kind === "endless") bytes = Buffer.concat([bytes, bytes]);
    if (fault?.kind === "drop") return void response.write(bytes.subarray(0, fault.after), () => response.destroy());
    if (fault?.kind === "stall") return void response.write(bytes.subarray(0, fault.after));
    response.end(bytes);
  }
}
