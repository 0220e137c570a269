import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { runCli } from "../support/cli-run.js";
import { FakeHub } from "../support/http-hub.js";
import { temporaryFolder } from "../support/temporary-folder.js";

interface Report {
  readonly ok: boolean;
  readonly sections: readonly { readonly findings: readonly { what: string; state: string; found: string }[] }[];
}

async function doctor(
  env: Record<string, string>,
  ...args: readonly string[]
): Promise<{ code: number | null; states: Map<string, string> }> {
  const { code, stdout } = await runCli(["doctor", "--json", ...args], { env: { MULLAMA_HOST: "", ...env } });
  const { ok, sections } = JSON.parse(stdout) as Report;
  assert.equal(ok, code === 0);
  return {
    code,
    states: new Map(sections.flatMap(({ findings }) => findings.map(({ what, state }) => [what, state]))),
  };
}

describe("mullama doctor", () => {
  it("finds nothing wrong with a machine that works", async () => {
    const { code, states } = await doctor({ MULLAMA_HOME: temporaryFolder() });
    assert.equal(code, 0);
    for (const what of ["mullama", "processor", "libraries", "CPU backend", "store"])
      assert.equal(states.get(what), "fine", what);
    assert.equal(states.get("models"), "info");
    assert.equal(states.has("network"), false);
  });

  it("makes nothing, and says where the store will be", async () => {
    const home = join(temporaryFolder(), "deep", "home");
    const { code, states } = await doctor({ MULLAMA_HOME: home });
    assert.deepEqual([code, states.get("store"), states.get("space")], [0, "info", "fine"]);
    assert.equal(existsSync(dirname(home)), false);
  });

  it("fits its words to a terminal's width", async () => {
    const { code, stdout } = await runCli(["doctor"], { env: { MULLAMA_HOME: temporaryFolder(), MULLAMA_HOST: "" } });
    assert.equal(code, 0);
    assert.match(stdout, /^This machine\n {2}✓ mullama .*\n[^]*All is well\.\n$/);
  });

  it("has status 1 where libraries are missing, or the store cannot be used", async () => {
    const folder = temporaryFolder();
    const missing = await doctor({ MULLAMA_HOME: folder, MULLAMA_LIBRARY_DIR: join(folder, "nowhere") });
    assert.deepEqual([missing.code, missing.states.get("libraries")], [1, "wrong"]);
    const file = join(folder, "file");
    writeFileSync(file, "");
    const store = await doctor({ MULLAMA_HOME: file });
    assert.deepEqual([store.code, store.states.get("store")], [1, "wrong"]);
  });

  it("asks the network where it is told to", async () => {
    await using hub = await FakeHub.start();
    const home = { MULLAMA_HOME: temporaryFolder() };
    assert.equal((await doctor({ ...home, HF_ENDPOINT: hub.url }, "--network")).states.get("network"), "fine");
    const gone = await doctor({ ...home, HF_ENDPOINT: "http://127.0.0.1:9" }, "--network");
    assert.deepEqual([gone.code, gone.states.get("network")], [1, "wrong"]);
  });
});
