import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { release } from "../../src/native/index.js";
import { runCli } from "../support/cli-run.js";
import { PseudoTerminal } from "../support/pseudo-terminal.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

describe("the command line", () => {
  test("prints the versions of mullama and of llama.cpp", async () => {
    const { code, stdout, stderr } = await runCli(["--version"]);
    assert.equal(stdout, `mullama ${version} (llama.cpp ${release.name})\n`);
    assert.deepEqual([code, stderr], [0, ""]);
  });

  test("prints help with examples and the meaning of each exit status", async () => {
    const { code, stdout } = await runCli(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /\$ mullama run smollm2:135m "Why is the sky blue\?"/);
    const run = await runCli(["run", "--help"]);
    for (const option of [
      "-n, --max-tokens",
      "--temperature",
      "--seed",
      "--system",
      "--ctx",
      "--threads",
      "--gpu-layers",
    ]) {
      assert.ok(run.stdout.includes(option), option);
    }
    assert.match(run.stdout, /130 stopped with Ctrl-C/);
  });

  const wrong: [string, string[], RegExp][] = [
    ["a mistyped command", ["rnu", "x"], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    [
      "a mistyped option",
      ["run", "--temprature", "1", "x", "y"],
      /unknown option '--temprature'\n\(Did you mean --temperature\?\)/,
    ],
    ["no model", ["run"], /missing required argument 'model'/],
    ["a count that is none", ["run", "-n", "many", "x", "y"], /argument 'many' is invalid\. It must be a whole number/],
    ["a negative temperature", ["run", "--temperature=-1", "x", "y"], /It must be a number from 0 to 100/],
    ["NaN as temperature", ["run", "--temperature", "NaN", "x", "y"], /It must be a number from 0 to 100/],
    [
      "options that exclude each other",
      ["run", "--raw", "--system", "a", "x", "y"],
      /'--raw' cannot be used with option '--system/,
    ],
  ];
  for (const [what, args, words] of wrong) {
    test(`refuses ${what} with status 2`, async () => {
      const { code, stdout, stderr } = await runCli(args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, words);
      assert.match(stderr, /hint: mullama --help/);
    });
  }

  test("says what to try where no command is given", async () => {
    const { code, stdout, stderr } = await runCli([]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /mullama run smollm2:135m/);
    for (const line of stdout.split("\n")) assert.ok(line.length < 100, line);
  });

  test("shows examples in the help of every command", async () => {
    const { stdout } = await runCli(["--help"]);
    const names = [...stdout.matchAll(/^ {2}([a-z]+)(?:, [a-z]+)? .*/gm)].map(([, name = ""]) => name);
    assert.ok(names.length > 15, names.join());
    const helps = await Promise.all(names.filter((name) => name !== "help").map((name) => runCli([name, "--help"])));
    for (const help of helps) assert.match(help.stdout, /Examples:\n {2}\$ /);
  });
});

describe("in a terminal of 40 columns", () => {
  const terminal = async (...args: readonly string[]): Promise<[number, readonly string[]]> => {
    const shown = new PseudoTerminal(args, { columns: 40, env: { MULLAMA_HOME: temporaryFolder(), NO_COLOR: "1" } });
    const code = await shown.ended();
    return [code, shown.text.split("\n")];
  };

  for (const args of [[], ["--help"], ["run", "--help"], ["bench", "--help"]]) {
    test(`mullama ${args.join(" ")} breaks between words`, async () => {
      const [code, lines] = await terminal(...args);
      assert.equal(code, 0);
      // Examples are to be copied, and long names stay whole.
      for (const line of lines.filter((each) => !/^( {2}\$|Usage|\s*\S+$)/.test(each)))
        assert.ok(line.length <= 40, line);
      assert.ok(lines.length > 10);
    });
  }

  for (const command of ["embed", "tokenize", "rerank"]) {
    test(`mullama ${command} without a text says how to give one`, async () => {
      const [code, lines] = await terminal(command, "smollm2:135m", ...(command === "rerank" ? ["why"] : []));
      assert.equal(code, 2);
      assert.match(
        lines.join(" "),
        new RegExp(`There is no text.* hint: For example: mullama ${command} smollm2:135m `),
      );
    });
  }
});

describe("a failure", () => {
  test("is a message and a hint, without a stack", async () => {
    const { code, stdout, stderr } = await runCli(["run", "smolm2:135m", "Hello"]);
    assert.deepEqual([code, stdout], [3, ""]);
    assert.equal(stderr, "error: There is no model named smolm2:135m.\nhint: Did you mean smollm2:135m?\n");
  });

  test("shows its stack with MULLAMA_DEBUG=1", async () => {
    const { code, stderr } = await runCli(["run", "./none.gguf", "Hello"], { env: { MULLAMA_DEBUG: "1" } });
    assert.equal(code, 3);
    assert.match(stderr, /error: MullamaError: There is no file .*\n {4}at /);
  });
});
