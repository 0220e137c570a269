import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ModelStore } from "../../src/models/index.js";
import { cliMain, runCli } from "../support/cli-run.js";
import { PseudoTerminal } from "../support/pseudo-terminal.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama } from "../support/tiny-models.js";

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
    ["a value of an option that takes lists", ["bench", "--cache-type-k", "q8"], ["q8_0"]],
    ["a value behind an equals sign", ["list", "--color=al"], ["--color=always"]],
    ["a word or a file", ["run", "--format", "j"], ["json", ":files"]],
    ["a type to quantize to", ["create", "x", "-q", "Q6"], ["Q6_K"]],
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

/** How a shell is started without anybody's settings, and how it reads the script. */
const shells = {
  bash: { args: ["--norc", "--noprofile", "-i"], read: 'eval "$(mullama completion bash)"' },
  zsh: { args: ["-f", "-i"], read: 'eval "$(mullama completion zsh)"' },
  fish: { args: ["--no-config", "-i"], read: "mullama completion fish | source" },
} as const;

for (const [shell, { args, read }] of Object.entries(shells)) {
  const isThere = spawnSync(shell, ["--version"]).status === 0;
  describe(`the Tab key in ${shell}`, { skip: isThere ? false : `there is no ${shell}` }, () => {
    const bin = join(home, "bin");
    const folder = join(home, `files of ${shell}`);
    let terminal: PseudoTerminal;

    before(async () => {
      mkdirSync(bin, { recursive: true });
      mkdirSync(join(folder, "inner folder"), { recursive: true });
      for (const name of ["weights.gguf", "weird.txt"]) writeFileSync(join(folder, name), "");
      writeFileSync(join(bin, "mullama"), `#!/bin/sh\nexec "${process.execPath}" "${cliMain}" "$@"\n`, { mode: 0o755 });
      const env = { PATH: `${bin}:${process.env["PATH"]}`, MULLAMA_HOME: home, HOME: folder, PS1: "$ ", TERM: "xterm" };
      terminal = new PseudoTerminal(args, { env, program: shell, columns: 200 });
      await type(`cd "${folder}" && ${read}; echo re''ady`, "\r", /ready/);
    });
    after(async () => {
      // A shell that is used by a person does not end on SIGTERM.
      terminal.line("exit");
      await terminal.ended();
    });

    async function type(line: string, key: string, expected: RegExp): Promise<void> {
      terminal.keys(line);
      // The shell's own echo, so that the key behind it is not taken for text that was pasted.
      await terminal.sees(/\S/);
      terminal.keys(key);
      await terminal.sees(expected);
      terminal.keys("\u0015");
    }

    for (const [what, line, expected] of [
      ["commands", "mullama emb", /ed /],
      ["names of models", "mullama show tea", /m\/pirate:v1 /],
      ["names behind a colon", "mullama show team/pirate:", /v1 /],
      ["names in quotes", 'mullama show "team/pi', /rate:v1"/],
      ["names behind a value of several words", 'mullama run --system "a pirate" tea', /m\/pirate:v1 /],
      ["options", "mullama run --temp", /erature /],
      ["values of options", "mullama bench --output jsonl --color al", /ways /],
      ["values behind an equals sign", "mullama list --color=al", /ways /],
      ["files", "mullama create x -f weird", /\.txt /],
      ["models among files", "mullama show weig", /hts\.gguf /],
      ["folders", "mullama show ./inn", /er\\ folder\//],
    ] as const) {
      it(`completes ${what}`, () => type(line, "\t", expected));
    }
  });
}

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
