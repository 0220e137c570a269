/** Ollama's registry, which knows its users by a key. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPublicKey, sign, verify } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, test } from "node:test";
import { ModelStore, type PushedModel, pushModel } from "../../src/index.js";
import { resolveModel } from "../../src/models/index.js";
import { readPrivateKey } from "../../src/models/registry/openssh-key.js";
import { FakeRegistry } from "../support/http-registry.js";
import { opensshKey } from "../support/openssh-key.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama } from "../support/tiny-models.js";

const network = { lastConnectTimeout: 30_000, stallTimeout: 30_000, backOff: 5, retries: 1 };
const home = temporaryFolder();
const variables = ["MULLAMA_OLLAMA_KEY", "MULLAMA_OLLAMA_REGISTRY", "DOCKER_AUTH_CONFIG"];
const saved = variables.map((name) => [name, process.env[name]] as const);
let path = "";

before(() => new ModelStore(home).create("mine", { from: tinyLlama().path }));
beforeEach(() => {
  path = join(temporaryFolder(), "id_ed25519");
  process.env["MULLAMA_OLLAMA_KEY"] = path;
});
afterEach(() => {
  for (const [name, value] of saved) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** A registry in the place of Ollama's, that gives tokens to whom it knows by a key. */
async function startRegistry(publicKey: string): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start();
  registry.token = "by-key";
  registry.publicKey = publicKey;
  process.env["MULLAMA_OLLAMA_REGISTRY"] = `http://${registry.host}`;
  return registry;
}

const push = (): Promise<PushedModel> => pushModel("mine", { destination: "me/mine:v1", home, network });

describe("a registry that knows users by their keys", () => {
  test("takes a model from who signs, and gives it back", async () => {
    const { privateKey, publicKey } = opensshKey();
    writeFileSync(path, privateKey);
    await using registry = await startRegistry(publicKey);
    const { name } = await push();
    assert.equal(name, "ollama:me/mine:v1");
    assert.ok(registry.manifests.has("me/mine/v1"));
    const asked = registry.asked("GET").filter((address) => address.startsWith("/token"));
    assert.match(asked[0] ?? "", /^\/token\?nonce=[\w-]{22}&scope=pull&service=models&ts=\d{10}$/);
    const found = await resolveModel(name, { home: temporaryFolder(), network });
    assert.ok(readFileSync(found.path).equals(readFileSync(tinyLlama().path)));
  });

  test("says what to do where it does not know the key", async () => {
    const { privateKey, publicKey } = opensshKey();
    writeFileSync(path, privateKey);
    await using _registry = await startRegistry(opensshKey().publicKey);
    await assert.rejects(push(), (error: Error & { code?: string; hint?: string }) => {
      assert.equal(error.code, "PUSH_FAILED");
      assert.equal(
        error.hint,
        `Add this key at https://ollama.com/settings/keys, if it is not there: ssh-ed25519 ${publicKey}`,
      );
      return true;
    });
  });

  for (const [what, text, words] of [
    ["there is no key", undefined, /there is none at .*id_ed25519: make one with ssh-keygen -t ed25519 -N "" -f /],
    ["the key has a passphrase", opensshKey({ cipher: "aes256-ctr" }).privateKey, /cannot be used\. It has a passphr/],
    ["the key is of another kind", opensshKey({ kind: "ssh-rsa" }).privateKey, /It is of another kind than Ed25519/],
    ["the key is none", "nothing", /It is no private key of OpenSSH/],
    ["the key is cut off", `${opensshKey().privateKey.slice(0, 200)}-----END`, /It is damaged/],
  ] as const) {
    test(`says what to do where ${what}`, async () => {
      if (text !== undefined) writeFileSync(path, text);
      await using registry = await startRegistry(opensshKey().publicKey);
      await assert.rejects(push(), { code: "PUSH_FAILED", message: words });
      assert.ok(registry.requests.every(({ headers }) => headers.authorization === undefined));
    });
  }

  test("is not told who asks where tokens are given by another host, or where there is a password", async () => {
    const { privateKey, publicKey } = opensshKey();
    writeFileSync(path, privateKey);
    await using elsewhere = await FakeRegistry.start();
    await using registry = await startRegistry(publicKey);
    registry.realm = `http://${elsewhere.host}/token`;
    await assert.rejects(push(), { code: "PUSH_FAILED" });
    assert.ok(elsewhere.requests.every(({ headers }) => headers.authorization === undefined));
    registry.realm = undefined;
    registry.publicKey = undefined;
    registry.login = "me:secret";
    const auth = Buffer.from(registry.login).toString("base64");
    process.env["DOCKER_AUTH_CONFIG"] = JSON.stringify({ auths: { [registry.host]: { auth } } });
    await push();
  });

  test("gives a token to everybody where it knows no keys", async () => {
    writeFileSync(path, opensshKey().privateKey);
    await using registry = await startRegistry("");
    registry.publicKey = undefined;
    registry.anonymousOnly = true;
    await push();
  });
});

test("a key that ssh-keygen has written is read", (context) => {
  const made = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  if (made.status !== 0 || !existsSync(path)) return context.skip("there is no ssh-keygen");
  const { privateKey, publicKey } = readPrivateKey(readFileSync(path, "utf8"));
  assert.equal(readFileSync(`${path}.pub`, "utf8").split(" ")[1], publicKey);
  const bytes = Buffer.from("signed");
  assert.ok(verify(undefined, bytes, createPublicKey(privateKey), sign(undefined, bytes, privateKey)));
});
