import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { runCli } from "../support/cli-run.js";
import { tinyLlama } from "../support/tiny-models.js";

const { path } = tinyLlama();
// One thread: on a busy machine, several that wait for each other make a tiny model a hundred times slower.
const RUN = ["run", path, "--threads", "1"];
const GREEDY = ["--temperature", "0"];

const root = mkdtempSync(join(tmpdir(), "mullama-run-"));
after(() => rmSync(root, { recursive: true, force: true }));

interface Answer {
  model: { name: string; path: string; source: string };
  text: string;
  finishReason: string;
  usage: { promptTokens: number; completionTokens: number; totalTokens: number };
  timings: Record<string, number>;
}

async function answer(...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await runCli([...RUN, "--json", "-n", "8", ...args]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout.indexOf("\n"), stdout.length - 1);
  return JSON.parse(stdout) as Answer;
}

describe("mullama run", () => {
  test("prints the answer and a newline to standard output, and nothing else", async () => {
    const { text } = await answer(...GREEDY, "hello");
    assert.ok(text.length > 0);
    const { code, stdout, stderr } = await runCli([...RUN, "-n", "8", ...GREEDY, "hello"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, text.endsWith("\n") ? text : `${text}\n`);
  });

  test("tells model, usage, timings and the reason of the end as JSON", async () => {
    const { model, finishReason, usage, timings } = await answer(...GREEDY, "hello");
    assert.deepEqual(model, { name: path, path, source: "file" });
    assert.equal(finishReason, "length");
    assert.equal(usage.completionTokens, 8);
    assert.ok(usage.promptTokens > 0);
    assert.equal(usage.totalTokens, usage.promptTokens + 8);
    for (const name of ["loadMs", "promptMs", "completionMs", "promptTokensPerSecond", "completionTokensPerSecond"]) {
      assert.ok((timings[name] ?? 0) > 0, name);
    }
  });

  test("takes the prompt from standard input, with - or without a prompt", async () => {
    const args = [...RUN, "-n", "8", ...GREEDY];
    const [word, dash, none] = await Promise.all([
      runCli([...args, "hello", "there"]),
      runCli([...args, "-"], { input: "hello there\n" }),
      runCli(args, { input: "hello there" }),
    ]);
    assert.equal(dash.stdout, word.stdout);
    assert.equal(none.stdout, word.stdout);
  });

  test("puts the prompt into the model's chat format, unless --raw is given", async () => {
    const chat = await answer(...GREEDY, "hello");
    const raw = await answer(...GREEDY, "--raw", "hello");
    const withSystem = await answer(...GREEDY, "--system", "a b c", "hello");
    assert.ok(raw.usage.promptTokens < chat.usage.promptTokens);
    assert.ok(chat.usage.promptTokens < withSystem.usage.promptTokens);
  });

  test("repeats itself with the same seed, and not with another", async () => {
    const sampled = async (seed: number): Promise<string> =>
      (await answer("--temperature", "2", "--seed", String(seed), "hello")).text;
    assert.equal(await sampled(1), await sampled(1));
    assert.notEqual(await sampled(1), await sampled(2));
  });

  test("stops at the end of the context", async () => {
    const { usage, finishReason } = await answer(...GREEDY, "--ctx", "256", "-n", "100000", "hello");
    assert.equal(finishReason, "length");
    // The last token is not computed with, so it needs no room.
    assert.equal(usage.totalTokens, 257);
  });

  test("keeps what was printed on Ctrl-C, and ends with status 130", async () => {
    const { code, stdout, stderr } = await runCli([...RUN, "--ctx", "100000", ...GREEDY, "hello"], {
      onStart: (child) => child.stdout?.once("data", () => child.kill("SIGINT")),
    });
    assert.deepEqual([code, stderr], [130, ""]);
    assert.ok(stdout.length > 1 && stdout.endsWith("\n"));
  });

  test("stops on Ctrl-C while it reads a long prompt", async () => {
    const long = tinyLlama({ contextSize: 131_072 });
    const args = ["run", long.path, "--threads", "1", "--ctx", "131072", ...GREEDY];
    let asked = NaN;
    const stop = (child: ChildProcess): void => {
      asked = performance.now();
      child.kill("SIGINT");
    };
    const { code, stdout, stderr } = await runCli(args, {
      input: "hello there ".repeat(30_000), // well over ten seconds of work
      // It is more than a pipe holds, so that the command listens for Ctrl-C once all is written.
      onStart: (child) => child.stdin?.once("finish", () => setTimeout(stop, 1000, child)),
    });
    assert.deepEqual([code, stdout, stderr], [130, "", ""]);
    assert.ok(performance.now() - asked < 4000);
  });

  test("ends quietly when its reader goes away", async () => {
    const { code, stderr } = await runCli([...RUN, "--ctx", "100000", ...GREEDY, "hello"], {
      onStart: (child) => child.stdout?.once("data", () => child.stdout?.destroy()),
    });
    assert.deepEqual([code, stderr], [0, ""]);
  });

  test("prints counts and speeds to standard error with --verbose", async () => {
    const { stderr } = await runCli([...RUN, "-n", "4", "--verbose", "hello"]);
    assert.match(
      stderr,
      /^load +\d+ ms\nprompt +\d+ tokens, [\d.]+ per second\nanswer +4 tokens, [\d.]+ per second\n$/,
    );
  });
});

describe("mullama run, when it cannot", () => {
  test("says how much room a prompt that is too long would need", async () => {
    const { code, stdout, stderr } = await runCli([...RUN, "--ctx", "256", "hello ".repeat(300)]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /error: The prompt has \d+ tokens, \d+ more than the context has room for \(256\)\.\nhint: .*--ctx/,
    );
  });

  test("refuses a file that is no model with status 4", async () => {
    const broken = join(root, "broken.gguf");
    writeFileSync(broken, "This is not a model.");
    const { code, stdout, stderr } = await runCli(["run", broken, "hello"]);
    assert.deepEqual([code, stdout], [4, ""]);
    assert.match(stderr, /^error: /);
    assert.ok(!stderr.includes("    at "));
  });

  test("says that llama.cpp is missing with status 5", async () => {
    const { code, stderr } = await runCli([...RUN, "hello"], {
      env: { MULLAMA_LIBRARY_DIR: join(root, "nowhere") },
    });
    assert.equal(code, 5);
    assert.match(stderr, /^error: /);
  });
});
