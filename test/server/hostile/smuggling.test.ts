// What two servers on one way may read in two ways: a second request within the first, hidden from whoever looks at the first.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ListeningServer, serve } from "../../../src/server/index.js";
import { sendRaw } from "../../support/raw-http.js";

const post = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n";
const get = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
/** What must not be answered. */
const hidden = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Hidden: yes\r\n\r\n";
const chunks = `0\r\n\r\n${hidden}`;
const length = (body: string): string => `Content-Length: ${body.length}\r\n`;

/** Each is refused, or its connection is closed, and nothing behind it is answered. */
const refused: Readonly<Record<string, string>> = {
  "a length beside chunks": `${post}${length(chunks)}Transfer-Encoding: chunked\r\n\r\n${chunks}`,
  "chunks beside a length": `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunks}`,
  "the same length twice": `${post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}${hidden}`,
  "two lengths": `${post}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  "two lengths in one": `${post}Content-Length: 0, ${hidden.length}\r\n\r\n${hidden}`,
  "a length with a sign": `${post}Content-Length: +2\r\n\r\n{}${hidden}`,
  "a length in hexadecimal": `${post}Content-Length: 0x2\r\n\r\n{}${hidden}`,
  "a length that overflows": `${post}Content-Length: 18446744073709551618\r\n\r\n{}${hidden}`,
  "an empty length": `${post}Content-Length: \r\n\r\n${hidden}`,
  "chunks that are not the last coding": `${post}Transfer-Encoding: chunked, identity\r\n\r\n${chunks}`,
  "a coding that nobody knows": `${post}Transfer-Encoding: xchunked\r\n\r\n${chunks}`,
  "chunks twice": `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
  "a coding with a sign before it": `${post}Transfer-Encoding: \x0bchunked\r\n\r\n${chunks}`,
  "a blank before the colon": `${post}Transfer-Encoding : chunked\r\n\r\n${chunks}`,
  "a blank in a name": `${post}Content Length: 2\r\n\r\n{}`,
  "a folded header": `${get}X: a\r\n b\r\n\r\n`,
  "a folded coding": `${post}Transfer-Encoding:\r\n chunked\r\n\r\n${chunks}`,
  "a header before the first that begins with a blank": `GET /health HTTP/1.1\r\n X: y\r\nHost: localhost\r\n\r\n`,
  "a zero in a value": `${get}X: a\0b\r\n\r\n`,
  "a zero in a name": `${get}X\0: a\r\n\r\n`,
  "a zero in a path": `GET /health\0 HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  "a return in a value": `${get}X: a\rHidden: b\r\n\r\n`,
  "lines without returns": `${post.replaceAll("\r", "")}Content-Length: 2\n\n{}`,
  "a chunk's length in no number": `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n${chunks}`,
  "a chunk's length that overflows": `${post}Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n${chunks}`,
  "a chunk's length below zero": `${post}Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n${chunks}`,
  "a chunk's length with 0x": `${post}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n${chunks}`,
  "a chunk longer than it says": `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n${chunks}`,
  "a chunk with an endless extension": `${post}Transfer-Encoding: chunked\r\n\r\n2;${"x".repeat(100_000)}\r\n{}\r\n0\r\n\r\n`,
  "a huge header": `${get}X: ${"y".repeat(100_000)}\r\n\r\n`,
  "a huge path": `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  "many headers": `${get}${"X: y\r\n".repeat(20_000)}\r\n`,
  "many trailers": `${post}Transfer-Encoding: chunked\r\n\r\n0\r\n${"X: y\r\n".repeat(20_000)}\r\n`,
  "another host in the target": `GET http://evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  "another host in the header": `GET http://localhost/v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
  "a target without a slash": `GET v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  "a tunnel": "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
  "no host": "GET /v1/models HTTP/1.1\r\n\r\n",
  "two hosts": "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
  "an empty host": "GET /v1/models HTTP/1.1\r\nHost: \r\n\r\n",
  "a host that is none": "GET /v1/models HTTP/1.1\r\nHost: local host\r\n\r\n",
  "a version that there is not": "GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
  "more behind HTTP/1.0, which ends with its answer": `GET /health HTTP/1.0\r\n\r\n${get}\r\n`,
  "the beginning of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "a method that there is not": `SMUGGLE /health HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  "an expectation that nobody meets": `${post}Expect: a-miracle\r\nContent-Length: 2\r\n\r\n{}`,
};

/** Each is answered as it should be, and so is what comes behind it. */
const answered: Readonly<Record<string, readonly [request: string, statuses: string]>> = {
  "one behind another": [`${get}\r\n${get}\r\n`, "200 200"],
  "one behind a wrong one": [`${post}Content-Length: 1\r\n\r\n{${get}\r\n`, "400 200"],
  "one behind chunks": [`${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n${get}\r\n`, "400 200"],
  "chunks with extensions": [`${post}Transfer-Encoding: chunked\r\n\r\n1;a=b\r\n{\r\n0;c\r\n\r\n${get}\r\n`, "400 200"],
  "a long row of requests": [`${get}\r\n`.repeat(50), "200 ".repeat(50).trim()],
  "HTTP/1.0, without a host": ["GET /health HTTP/1.0\r\n\r\n", "200"],
  "a whole address of this server": [`GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n`, "200"],
  "a protocol that it does not change to": [`${get}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`, "200"],
};

describe("a connection that means two things", { concurrency: 16 }, () => {
  let server: ListeningServer;
  const errors: unknown[] = [];
  before(async () => (server = await serve({ port: 0, store: false, onError: (error) => errors.push(error) })));
  after(async () => {
    await server.close();
    assert.deepEqual(errors.map(String), [], "nothing has gone wrong in the server");
  });

  const statusesOf = (answer: string): string =>
    [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status).join(" ");

  for (const [what, request] of Object.entries(refused)) {
    it(`is refused or closed: ${what}`, async () => {
      const statuses = statusesOf(await sendRaw(server.port, request));
      assert.match(statuses, /^(4\d\d)?$/);
      assert.equal((await fetch(`${server.url}/health`)).status, 200, "the next one is answered");
    });
  }

  for (const [what, [request, statuses]] of Object.entries(answered)) {
    it(`is answered where it means one: ${what}`, async () => {
      assert.equal(statusesOf(await sendRaw(server.port, request)), statuses);
    });
  }
});
