import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { serve } from "../../../src/server/index.js";
import { sendRaw } from "../../support/raw-http.js";
import { chatTemplate } from "../../support/tiny-server.js";
import { tinyLlama } from "../../support/tiny-models.js";

const folder = mkdtempSync(join(tmpdir(), "mullama-wire-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const models = { tiny: { model: tinyLlama().path, contextSize: 512, threads: 1, chatTemplate } };

/** Sends a beginning, then a drop every 50 ms, and gives what comes back once the server hangs up; the milliseconds, too. */
async function trickle(port: number, begin: string, drop: string): Promise<{ answer: string; lasted: number }> {
  const begun = performance.now();
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  let answer = "";
  socket.on("data", (bytes: Buffer) => (answer += bytes.toString("latin1")));
  socket.write(begin);
  const drops = setInterval(() => socket.write(drop), 50);
  const tooLate = setTimeout(() => socket.destroy(), 10_000);
  await once(socket, "close");
  clearInterval(drops);
  clearTimeout(tooLate);
  return { answer, lasted: performance.now() - begun };
}

const post = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n";

const attacks: Readonly<Record<string, readonly string[]>> = {
  "two lengths": [`${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`],
  "lengths that differ": [`${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
  "a length that is none": [`${post}Content-Length: -1\r\n\r\n`],
  "a header that is too long": [`${post}X: ${"y".repeat(100_000)}\r\n\r\n`],
  "too many headers": [`${post}${"X: y\r\n".repeat(20_000)}\r\n`],
  "a header without a name": [`${post}: y\r\n\r\n`],
  "a zero in a header": [`${post}X: a\0b\r\n\r\n`],
  "a body that is never sent": [`${post}Content-Length: 100\r\n\r\n{`],
  "chunks without an end": [`${post}Transfer-Encoding: chunked\r\n\r\n`, '5\r\n{"a":\r\n'],
  "a chunk that is no chunk": [`${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  "garbage behind a request": ["GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n\x00\xff\x16\x03 garbage\r\n\r\n"],
  "no HTTP": ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  "a path that climbs": ["GET /ui/../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  "a whole address": ["GET http://evil.example/v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n"],
  "no host": ["GET /v1/models HTTP/1.1\r\n\r\n"],
  "two hosts": ["GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"],
};

describe("a connection of someone who means harm", () => {
  it("gets no answer but a refusal, and others have theirs", async () => {
    const errors: unknown[] = [];
    await using server = await serve({ port: 0, store: false, models, onError: (error) => errors.push(error) });
    const answers = Promise.all(
      Object.entries(attacks).map(async ([what, parts]) => [what, await sendRaw(server.port, ...parts)] as const),
    );
    const body = JSON.stringify({ model: "tiny", prompt: "ab", max_tokens: 2, temperature: 0 });
    const good = await fetch(`${server.url}/v1/completions`, { method: "POST", body });
    assert.equal(good.status, 200);
    for (const [what, answer] of await answers) {
      assert.doesNotMatch(answer, /HTTP\/1\.1 5|root:/, what);
      const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
      if (what !== "garbage behind a request") assert.ok(!statuses.includes("200"), `${what}: ${answer}`);
    }
    assert.deepEqual(errors.map(String), []);
  });
});

describe("a server that listens", () => {
  it("does not hold a connection by sending a drop at a time", async () => {
    await using server = await serve({ port: 0, store: false, models, arrivalTimeout: 600 });
    const slow = await Promise.all([
      trickle(server.port, "GET /health HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n"),
      trickle(server.port, `${post}Content-Length: 100000\r\n\r\n{`, " "),
      trickle(server.port, `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`, "1\r\n \r\n"),
    ]);
    for (const { answer, lasted } of slow) {
      assert.match(answer, /^HTTP\/1\.1 408 /);
      assert.ok(lasted > 500 && lasted < 9000, `${lasted} ms`);
    }
  });

  it("may take its time with a file, as long as it goes on", async () => {
    const home = join(folder, "home");
    await using server = await serve({ port: 0, models, load: { home }, arrivalTimeout: 600 });
    const bytes = Buffer.alloc(40, 7);
    const path = `/api/blobs/sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    const whole = await trickle(server.port, head, "\u0007");
    assert.match(whole.answer, /^HTTP\/1\.1 201 /);
    assert.ok(whole.lasted > 1500, `${whole.lasted} ms`);
    const silent = await trickle(server.port, head.replace(/[0-9a-f]{8} HTTP/, "00000000 HTTP"), "");
    assert.match(silent.answer, /^HTTP\/1\.1 408 /);
  });

  it("speaks HTTPS with a certificate", async () => {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
    execFileSync("openssl", [...made, "-subj", "/CN=localhost", "-keyout", key, "-out", cert], { stdio: "ignore" });
    await using server = await serve({ port: 0, store: false, tls: { cert, key } });
    assert.match(server.url, /^https:/);
    const asked = request(`${server.url}/health`, { ca: readFileSync(cert), servername: "localhost", agent: false });
    asked.end();
    const [response] = (await once(asked, "response")) as [{ statusCode: number; resume(): void }];
    response.resume();
    assert.equal(response.statusCode, 200);
  });

  it("lets a stream end when it is closed, and takes nothing new", async () => {
    const server = await serve({ port: 0, store: false, models, host: "worker" });
    const body = JSON.stringify({ model: "tiny", prompt: "ab", max_tokens: 100, stream: true, ignore_eos: true });
    const stream = await fetch(`${server.url}/v1/completions`, { method: "POST", body });
    const closed = server.close();
    await assert.rejects(fetch(`${server.url}/health`, { headers: { Connection: "close" } }));
    assert.match(await stream.text(), /\[DONE\]\n\n$/);
    await closed;
  });
});
