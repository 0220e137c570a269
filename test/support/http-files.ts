import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A plain web server on this machine: one file at any path, with or without a name for its version. */
export class FileServer implements AsyncDisposable {
  bytes: Buffer = Buffer.alloc(0);
  etag: string | undefined;
  /** Refuses questions without a body. */
  refusesHead = false;
  /** Has no file. */
  missing = false;
  /** Minds for which version a range is wanted. */
  honoursIfRange = true;
  /** Called before each answer. */
  onRequest: (() => void) | undefined;
  /** Where it sends everybody. */
  redirect: string | undefined;
  /** Breaks off after so many bytes, as often as there are entries. */
  readonly drops: number[] = [];
  readonly requests: IncomingMessage[] = [];
  #server = createServer((request, response) => this.#answer(request, response));

  static async start(bytes: Buffer, etag?: string): Promise<FileServer> {
    const server = new FileServer();
    server.bytes = bytes;
    server.etag = etag;
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get ranges(): (string | undefined)[] {
    return this.requests.filter(({ method }) => method === "GET").map(({ headers }) => headers.range);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request);
    this.onRequest?.();
    const { method, headers } = request;
    if (this.redirect !== undefined) return void response.writeHead(302, { location: this.redirect }).end();
    if (this.missing) return void response.writeHead(404).end();
    if (method === "HEAD" && this.refusesHead) return void response.writeHead(405).end();
    const tag = this.etag === undefined ? {} : { etag: this.etag };
    const isSame = !this.honoursIfRange || headers["if-range"] === undefined || headers["if-range"] === this.etag;
    const asked = isSame ? /^bytes=(?<start>\d+)-(?<end>\d*)$/.exec(headers.range ?? "")?.groups : undefined;
    const start = Number(asked?.["start"] ?? 0);
    const end = Math.min(this.bytes.length, Number(asked?.["end"] || this.bytes.length) + 1);
    const body = this.bytes.subarray(start, end);
    const range = asked === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${this.bytes.length}` };
    response.writeHead(asked === undefined ? 200 : 206, { ...tag, ...range, "content-length": body.length });
    if (method === "HEAD") return void response.end();
    const drop = this.drops.shift();
    if (drop === undefined) response.end(body);
    else response.write(body.subarray(0, drop), () => response.destroy());
  }
}
