import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { temporaryFolder } from "./temporary-folder.js";

/** Makes the tarball of a package with the real npm. */
export function packPackage(name: string, version: string, files: Readonly<Record<string, Uint8Array>>): Buffer {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version }));
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const { stdout } = spawnSync("npm", ["pack", "--silent", "--ignore-scripts"], { cwd: folder, encoding: "utf8" });
  return readFileSync(join(folder, stdout.trim()));
}

/** A registry of npm packages on this machine, which npm is configured for while it runs. */
export class FakeNpmRegistry implements AsyncDisposable {
  readonly requests: IncomingMessage[] = [];
  /** What a request has to carry; undefined: nothing. */
  token: string | undefined;
  /** Answers with these bytes in the place of any tarball. */
  replaced: Buffer | undefined;
  /** Forbids to keep its packages in caches. */
  forbidsCaches = false;
  readonly #packages = new Map<string, Map<string, Buffer>>();
  readonly #before = new Map<string, string | undefined>();
  readonly #server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<FakeNpmRegistry> {
    const registry = new FakeNpmRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    registry.#configure("npm_config_registry", registry.url);
    registry.#configure("npm_config_cache", temporaryFolder());
    const settings = join(temporaryFolder(), "npmrc");
    writeFileSync(settings, `${registry.url.replace("http:", "")}:_authToken=let-me-in\n`);
    registry.#configure("npm_config_userconfig", settings);
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  publish(name: string, version: string, tarball: Buffer): void {
    this.#packages.set(name, (this.#packages.get(name) ?? new Map<string, Buffer>()).set(version, tarball));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [name, value] of this.#before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #configure(name: string, value: string): void {
    this.#before.set(name, process.env[name]);
    process.env[name] = value;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request);
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`)
      return void response.writeHead(401).end("{}");
    const path = decodeURIComponent(new URL(request.url ?? "/", this.url).pathname.slice(1));
    const [name = "", file] = path.split("/-/");
    const versions = this.#packages.get(name);
    if (versions === undefined) return void response.writeHead(404).end('{"error":"Not found"}');
    if (file === undefined) return void response.end(JSON.stringify(this.#document(name, versions)));
    if (this.forbidsCaches) response.setHeader("cache-control", "no-store");
    response.end(this.replaced ?? versions.get(file.replace(/\.tgz$/, "")));
  }

  #document(name: string, versions: ReadonlyMap<string, Buffer>): object {
    const entries = [...versions].map(([version, tarball]) => {
      const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
      const dist = { integrity, tarball: `${this.url}${name}/-/${version}.tgz`, unpackedSize: tarball.length };
      return [version, { name, version, dist }] as const;
    });
    return { name, "dist-tags": { latest: entries.at(-1)?.[0] }, versions: Object.fromEntries(entries) };
  }
}
