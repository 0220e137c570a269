import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import dns, { type LookupAddress, type LookupOptions } from "node:dns";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { BlockList } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { type ResolvedModel, type ResolveOptions, resolveModel } from "../../src/models/index.js";
import { isPrivateAddress } from "../../src/models/address-guard.js";
import { FileServer } from "../support/http-files.js";

const QUICK = { connectTimeout: 300, lastConnectTimeout: 300, stallTimeout: 300, backOff: 5, retries: 1 };
const FILE = randomBytes(300_000);
const root = mkdtempSync(join(tmpdir(), "mullama-web-"));
after(() => rmSync(root, { recursive: true, force: true }));
type Callback = (error: null, address: string | LookupAddress[], family: number) => void;
let homes = 0;
const newHome = (): string => join(root, `home-${homes++}`);

const pull = (server: FileServer, options: ResolveOptions = {}): Promise<ResolvedModel> =>
  resolveModel(`${server.url}/models/m.gguf`, { home: newHome(), network: QUICK, ...options });

describe("a file on a web server", () => {
  test("is hashed as it arrives, and kept under its address", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    const home = newHome();
    const model = await pull(server, { home });
    assert.ok(readFileSync(model.path).equals(FILE));
    assert.deepEqual(readdirSync(join(home, "models")), [
      `sha256-${createHash("sha256").update(FILE).digest("hex")}.gguf`,
    ]);
    assert.equal(model.source, `${server.url}/models/m.gguf`);
    const asked = server.requests.length;
    assert.deepEqual(await pull(server, { home, offline: true }), model);
    assert.equal(server.requests.length, asked);
  });

  test("is gone on with where its server tells its versions apart", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    server.drops.push(100_000);
    assert.ok(readFileSync((await pull(server)).path).equals(FILE));
    assert.match(server.ranges[1] ?? "", /^bytes=[1-9]\d*-$/);
    assert.equal(server.requests.at(-1)?.headers["if-range"], '"one"');
  });

  test("is begun again where its server does not", async () => {
    await using server = await FileServer.start(FILE);
    server.drops.push(100_000);
    assert.ok(readFileSync((await pull(server)).path).equals(FILE));
    assert.deepEqual(server.ranges, [undefined, undefined]);
  });

  test("is begun again where it changed after an interruption", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    server.drops.push(100_000, 0, 0);
    const home = newHome();
    await assert.rejects(pull(server, { home }), { code: "DOWNLOAD_FAILED" });
    server.bytes = randomBytes(300_000);
    server.etag = '"two"';
    assert.ok(readFileSync((await pull(server, { home })).path).equals(server.bytes));
    assert.equal(server.ranges.at(-1), undefined);
  });

  test("is gone on with after an interruption", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    server.drops.push(100_000, 0, 0);
    const home = newHome();
    await assert.rejects(pull(server, { home }), { code: "DOWNLOAD_FAILED" });
    assert.ok(readFileSync((await pull(server, { home })).path).equals(FILE));
    assert.match(server.ranges.at(-1) ?? "", /^bytes=[1-9]\d*-$/);
  });

  test("is looked up again where it has another length than when it was looked up", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    const changed = randomBytes(200_000);
    server.onRequest = () => {
      if (server.requests.at(-1)?.method === "HEAD") return;
      server.bytes = changed;
      server.etag = '"two"';
    };
    assert.ok(readFileSync((await pull(server)).path).equals(changed));
    assert.deepEqual(server.ranges, [undefined, undefined]);
  });

  test("is not joined of two versions where the server minds no version", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    server.honoursIfRange = false;
    server.drops.push(100_000);
    const changed = randomBytes(FILE.length);
    server.onRequest = () => {
      if (server.ranges.length < 2) return;
      server.bytes = changed;
      server.etag = '"two"';
    };
    assert.ok(readFileSync((await pull(server)).path).equals(changed));
  });

  test("that is not there is a model that is not there", async () => {
    await using server = await FileServer.start(FILE);
    server.missing = true;
    await assert.rejects(pull(server), { code: "MODEL_NOT_FOUND", message: /answered 404.*There is no file at http/ });
  });

  test("comes from a server that does not answer HEAD", async () => {
    await using server = await FileServer.start(FILE);
    server.refusesHead = true;
    assert.ok(readFileSync((await pull(server)).path).equals(FILE));
  });

  test("may not lead to this machine's network by another name, unless that is allowed", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    await using first = await FileServer.start(FILE);
    first.redirect = `${server.url.replace("127.0.0.1", "localhost")}/m.gguf`;
    await assert.rejects(
      pull(first),
      /localhost is at the private address (?:127\.0\.0\.1|::1), .*MULLAMA_ALLOW_PRIVATE/,
    );
    assert.equal(server.requests.length, 0);
    const allowed = await pull(first, { network: { ...QUICK, allowPrivateHosts: true } });
    assert.ok(readFileSync(allowed.path).equals(FILE));
  });

  test("is not had from an address that a name means only when it is connected to", async (context) => {
    await using server = await FileServer.start(FILE, '"one"');
    await using first = await FileServer.start(FILE);
    const { port } = new URL(server.url);
    first.redirect = `http://changing.example:${port}/m.gguf`;
    const answers = ["192.0.2.1", "127.0.0.1"];
    const asked: string[] = [];
    context.mock.method(dns, "lookup", (host: string, options: LookupOptions, callback: Callback) => {
      asked.push(host);
      const address = answers.shift() ?? "127.0.0.1";
      callback(null, options.all === true ? [{ address, family: 4 }] : address, 4);
    });
    // The address that was found good is the one that is asked, where nobody is.
    await assert.rejects(pull(first, { network: { ...QUICK, retries: 0 } }), {
      code: "DOWNLOAD_FAILED",
      message: /changing\.example:\d+ (?:did not answer|could not be reached)/,
    });
    assert.deepEqual(asked, ["changing.example"]);
    await assert.rejects(pull(first), /changing\.example is at the private address 127\.0\.0\.1, and was not named/);
    assert.equal(server.requests.length, 0);
  });

  test("comes from another host that is on the internet, broken off and gone on with", async (context) => {
    await using server = await FileServer.start(FILE, '"one"');
    await using first = await FileServer.start(FILE);
    first.redirect = `http://public.example:${new URL(server.url).port}/m.gguf`;
    // It is public as far as the check knows, and is here.
    context.mock.method(BlockList.prototype, "check", () => false);
    context.mock.method(dns, "lookup", (_: string, options: LookupOptions, callback: Callback) =>
      callback(null, options.all === true ? [{ address: "127.0.0.1", family: 4 }] : "127.0.0.1", 4),
    );
    server.drops.push(100_000);
    assert.ok(readFileSync((await pull(first)).path).equals(FILE));
    assert.match(server.ranges.at(-1) ?? "", /^bytes=[1-9]\d*-$/);
  });

  for (const address of [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "192.168.0.1",
    "::1",
    "[fd00::1]",
    "::ffff:7f00:1",
    "0.0.0.0",
  ]) {
    test(`has a private host: ${address}`, () => assert.ok(isPrivateAddress(address)));
  }

  for (const address of ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]) {
    test(`has a public host: ${address}`, () => assert.ok(!isPrivateAddress(address)));
  }
});
