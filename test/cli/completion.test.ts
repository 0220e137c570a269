import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { before, describe, it } from "node:test";
import { ModelStore } from "../../src/models/index.js";
import { runCli } from "../support/cli-run.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama } from "../support/tiny-models.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const home = temporaryFolder();

before(async () => {
  await new ModelStore(home).create("team/pirate:v1", { from: tinyLlama().path });
});

async function complete(...words: readonly string[]): Promise<string[]> {
  const { code, stdout } = await runCli(["complete", "--", ...words], { env: { MULLAMA_HOME: home } });
  assert.equal(code, 0);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
}

describe("what words may become", () => {
  for (const [what, words, expected] of [
    ["a command", ["tok"], ["tokenize"]],
    ["a command's option", ["run", "x", "--temp"], ["--temperature"]],
    ["an option of all commands", ["list", "--col"], ["--color"]],
    ["an option's value", ["bench", "-o", "js"], ["json", "jsonl"]],
    ["an argument's value", ["import", ""], ["ollama", "huggingface"]],
    ["a model of the store", ["rm", "tea"], ["team/pirate:v1"]],
    ["a model behind an option with a value", ["run", "--seed", "1", "team"], ["team/pirate:v1", ":files"]],
    ["a file", ["create", "x", "--file", "Mod"], [":files"]],
    ["nothing, for a number", ["run", "--seed", ""], []],
  ] as const) {
    it(`is ${what}`, async () => assert.deepEqual(await complete(...words), expected));
  }

  it("are models that can be fetched, too", async () => {
    assert.ok((await complete("pull", "smollm2:135")).includes("smollm2:135m"));
    assert.deepEqual(await complete("stop", "smollm2:135"), []);
  });
});

const hasBash = spawnSync("bash", ["--version"]).status === 0;

describe("the script for bash", { skip: hasBash ? false : "there is no bash" }, () => {
  async function press(line: string): Promise<string[]> {
    const bin = join(home, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "mullama"), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
    chmodSync(join(bin, "mullama"), 0o755);
    const { stdout: script } = await runCli(["completion", "bash"]);
    const program = `${script}\nCOMP_LINE="$1"; COMP_POINT=\${#1}; _mullama; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", program, "bash", line], {
      env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, MULLAMA_HOME: home },
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    return stdout.split("\n").filter((word) => word !== "");
  }

  it("completes commands, and names with a colon in them", async () => {
    assert.deepEqual(await press("mullama emb"), ["embed"]);
    assert.deepEqual(await press("mullama show team/pirate:"), ["v1"]);
    assert.ok((await press("mullama ")).includes("run"));
  });
});

describe("the scripts", () => {
  it("are there for three shells", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await runCli(["completion", shell]);
      assert.equal(code, 0);
      assert.match(stdout, /complete/);
    }
    assert.equal((await runCli(["completion", "sh"])).code, 2);
  });
});
