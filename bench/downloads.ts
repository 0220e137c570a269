/** How long a file takes from a server that gives each connection only so much, over one connection and over several. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { resolveModel } from "../src/models/index.js";

const MB = 1_000_000;
const FILE = randomBytes(128 * MB);
/** Bytes that a connection gets in a second. */
const LIMIT = 16 * MB;
const TICK = 20;

const digest = createHash("sha256").update(FILE).digest("hex");

async function send(bytes: Buffer, response: ServerResponse): Promise<void> {
  const begun = performance.now();
  for (let sent = 0; sent < bytes.length && !response.destroyed;) {
    const due = Math.min(bytes.length, Math.floor(((performance.now() - begun + TICK) / 1000) * LIMIT));
    if (!response.write(bytes.subarray(sent, due))) await once(response, "drain");
    sent = due;
    await delay(TICK);
  }
  response.end();
}

const server = createServer((request, response) => {
  const asked = /^bytes=(?<start>\d+)-(?<end>\d+)$/.exec(request.headers.range ?? "")?.groups;
  const start = Number(asked?.["start"] ?? 0);
  const bytes = FILE.subarray(start, Number(asked?.["end"] ?? FILE.length - 1) + 1);
  const headers = { etag: `"${digest}"`, "content-length": bytes.length };
  if (asked === undefined) response.writeHead(200, headers);
  else
    response.writeHead(206, {
      ...headers,
      "content-range": `bytes ${start}-${start + bytes.length - 1}/${FILE.length}`,
    });
  if (request.method === "HEAD") response.end();
  else void send(bytes, response);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`;

console.log(`${FILE.length / MB} MB from a server that gives each connection ${LIMIT / MB} MB/s\n`);
console.log("| connections | seconds | MB/s |");
console.log("| --- | --- | --- |");
for (const connections of [1, 2, 4, 8]) {
  const home = mkdtempSync(join(tmpdir(), "mullama-downloads-"));
  const begun = performance.now();
  await resolveModel(url, { home, network: { connections } });
  const seconds = (performance.now() - begun) / 1000;
  console.log(`| ${connections} | ${seconds.toFixed(1)} | ${(FILE.length / MB / seconds).toFixed(0)} |`);
  rmSync(home, { recursive: true });
}
server.close();
server.closeAllConnections();
