import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { ModelStore, pushModel } from "../../src/index.js";
import { type ResolvedModel, resolveModel } from "../../src/models/index.js";
import { findCredentials } from "../../src/models/registry/docker-config.js";
import { FileServer } from "../support/http-files.js";
import { FakeRegistry } from "../support/http-registry.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama } from "../support/tiny-models.js";

const network = { lastConnectTimeout: 2000, stallTimeout: 300, backOff: 5, retries: 1 };
const path = tinyLlama().path;
const file = readFileSync(path);
const never = new AbortController().signal;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What Docker's programs have for settings. */
let folder = "";
const configure = (config: object | string): void =>
  writeFileSync(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));

const variables = ["DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "PATH", "MULLAMA_ALLOW_PRIVATE_HOSTS"];
const before = variables.map((name) => [name, process.env[name]] as const);
beforeEach(() => {
  folder = temporaryFolder();
  process.env["DOCKER_CONFIG"] = folder;
  delete process.env["DOCKER_AUTH_CONFIG"];
});
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** A program that keeps secrets, and notes what it was asked. */
function installHelper(name: string, body: string): string {
  const bin = join(folder, "bin");
  const log = join(folder, "asked");
  mkdirSync(bin, { recursive: true });
  const script = `#!${process.execPath}\nconst fs = require("fs"); const host = fs.readFileSync(0, "utf8");\nfs.appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).join() + " " + host + "\\n");\n${body}`;
  writeFileSync(join(bin, `docker-credential-${name}`), script);
  chmodSync(join(bin, `docker-credential-${name}`), 0o755);
  process.env["PATH"] = `${bin}${delimiter}${process.env["PATH"]}`;
  return log;
}

async function privateRegistry(login: string, token?: string): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start();
  registry.login = login;
  registry.token = token;
  registry.add("team/model", "v1", [["application/vnd.ollama.image.model", file]]);
  return registry;
}
const pull = ({ host }: FakeRegistry): Promise<ResolvedModel> =>
  resolveModel(`ollama:${host}/team/model:v1`, { home: temporaryFolder(), network });

describe("a private registry", () => {
  for (const [flow, token] of [
    ["a password", undefined],
    ["a token that a password gives", "given"],
  ] as const) {
    test(`is pulled from and pushed to with ${flow}`, async () => {
      await using registry = await privateRegistry("me:se:cret", token);
      configure({
        auths: { "other.example": { auth: base64("a:b") }, [registry.host]: { auth: base64("me:se:cret") } },
      });
      assert.ok(readFileSync((await pull(registry)).path).equals(file));
      const home = temporaryFolder();
      await new ModelStore(home).create("mine", { from: path });
      registry.blobs.clear();
      await pushModel("mine", { destination: `${registry.host}/team/other:v2`, home, network });
      assert.ok([...registry.blobs.values()].some((bytes) => bytes.equals(file)));
    });
  }

  test("gives a token for a token that is kept", async () => {
    await using registry = await privateRegistry("identity", "given");
    configure({ auths: { [`http://${registry.host}/v2/`]: { auth: base64("me:"), identitytoken: "identity" } } });
    await pull(registry);
    assert.equal(registry.asked("POST").length, 1);
    assert.ok(!registry.requests.some(({ url }) => url?.includes("identity")));
  });

  test("is asked with what a program keeps", async () => {
    await using registry = await privateRegistry("me:kept");
    const log = installHelper("vault", 'console.log(JSON.stringify({ Username: "me", Secret: "kept" }));');
    configure({ credHelpers: { [registry.host]: "vault" }, credsStore: "not-there" });
    await pull(registry);
    assert.equal(readFileSync(log, "utf8"), `get ${registry.host}\n`);
  });

  test("says why it is refused: no login, a wrong one, or a program that fails", async () => {
    await using registry = await privateRegistry("me:secret");
    const refuses = (message: RegExp): Promise<void> =>
      assert.rejects(pull(registry), { code: "DOWNLOAD_FAILED", message });
    await refuses(/answered 401.*Log in to 127.* as docker login does, or set DOCKER_AUTH_CONFIG/);
    configure({ auths: { [registry.host]: { auth: base64("me:wrong") } } });
    await refuses(/answered 401/);
    const home = temporaryFolder();
    await new ModelStore(home).create("mine", { from: path });
    const push = pushModel("mine", { destination: `${registry.host}/team/other`, home, network });
    await assert.rejects(push, { code: "PUSH_FAILED", message: /answered 401 .*Log in to 127\.0\.0\.1:\d+ as docker/ });
    configure({ credsStore: "not-there" });
    await refuses(/docker-credential-not-there is not installed/);
    installHelper("broken", 'console.error("locked"); process.exit(2);');
    configure({ credsStore: "broken" });
    await refuses(/docker-credential-broken failed: locked/);
    configure({ credsStore: "../../bin/sh" });
    await refuses(/is no name of a program/);
    configure("{");
    await refuses(/config\.json is not JSON/);
    process.env["DOCKER_AUTH_CONFIG"] = "me:secret";
    await refuses(/DOCKER_AUTH_CONFIG is not JSON/);
    process.env["DOCKER_AUTH_CONFIG"] = JSON.stringify({
      auths: { [registry.host]: { username: "me", password: "secret" } },
    });
    await pull(registry);
  });
});

describe("the credentials of a registry", () => {
  const authorizations = (requests: readonly { readonly headers: { readonly authorization?: string | undefined } }[]) =>
    requests.map(({ headers }) => headers.authorization).filter((each) => each !== undefined);

  test("do not go along where it sends a download", async () => {
    await using registry = await privateRegistry("me:secret");
    await using storage = await FileServer.start(file);
    registry.redirect = storage.url;
    process.env["MULLAMA_ALLOW_PRIVATE_HOSTS"] = "1";
    configure({ auths: { [registry.host]: { auth: base64("me:secret") } } });
    assert.ok(readFileSync((await pull(registry)).path).equals(file));
    assert.ok(storage.requests.length > 0);
    assert.deepEqual(authorizations(storage.requests), []);
  });

  test("are not for another host that asks for them", async () => {
    await using registry = await privateRegistry("me:secret");
    await using other = await privateRegistry("me:secret", "given");
    registry.redirect = `http://${other.host}`;
    process.env["MULLAMA_ALLOW_PRIVATE_HOSTS"] = "1";
    configure({ auths: { [registry.host]: { auth: base64("me:secret") } } });
    await assert.rejects(pull(registry), /answered 401/);
    assert.ok(other.requests.length > 0);
    assert.deepEqual(authorizations(other.requests), []);
    assert.ok(!other.requests.some(({ url }) => url?.startsWith("/token")));
  });

  test("are only sent where they are asked for", async () => {
    await using registry = await FakeRegistry.start();
    registry.add("team/model", "v1", [["application/vnd.ollama.image.model", file]]);
    configure({ auths: { [registry.host]: { auth: base64("me:secret") } } });
    await pull(registry);
    assert.deepEqual(authorizations(registry.requests), []);
  });

  test("are found by the names that Docker's own registry has", async () => {
    configure({ auths: { "https://index.docker.io/v1/": { auth: base64("me:secret") }, "x.example": {} } });
    for (const host of ["registry-1.docker.io", "docker.io"])
      assert.deepEqual((await findCredentials(host, never)).credentials?.password, "secret");
    for (const host of ["x.example", "index.docker.io.example", "docker.io:1"])
      assert.deepEqual((await findCredentials(host, never)).credentials, undefined, host);
    const log = installHelper("vault", 'console.log("credentials not found in native keychain"); process.exit(1);');
    configure({ credsStore: "vault" });
    assert.deepEqual(await findCredentials("docker.io", never), { credentials: undefined });
    assert.equal(readFileSync(log, "utf8"), "get https://index.docker.io/v1/\n");
  });
});
