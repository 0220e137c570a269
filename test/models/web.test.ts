import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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
      /localhost:\d+ is at the private address (?:127\.0\.0\.1|::1), .*MULLAMA_ALLOW_PRIVATE/,
    );
    assert.equal(server.requests.length, 0);
    const allowed = await pull(first, { network: { ...QUICK, allowPrivateHosts: true } });
    assert.ok(readFileSync(allowed.path).equals(FILE));
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
