/** Thoughts, and answers of a form, of `mullama run`. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ggufValue } from "../../src/gguf/index.js";
import { runCli } from "../support/cli-run.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { thinkingTemplate } from "../support/thinking-server.js";
import { tinyLlama } from "../support/tiny-models.js";

const metadata = { "tokenizer.chat_template": ggufValue.string(thinkingTemplate) };
const { path } = tinyLlama({ contextSize: 4096, metadata });
const RUN = ["run", path, "--threads", "1", "--seed", "3", "-n", "40"];

describe("thoughts of mullama run", () => {
  it("go to standard error, apart from the answer", async () => {
    const { code, stdout, stderr } = await runCli([...RUN, "--think-budget", "8", "x"]);
    assert.equal(code, 0);
    assert.match(stderr, /^[^]+\n\n$/);
    const json = JSON.parse((await runCli([...RUN, "--think-budget", "8", "--json", "x"])).stdout) as {
      text: string;
      reasoning: string;
    };
    assert.equal(stderr, `${json.reasoning}\n\n`);
    assert.equal(stdout.trimEnd(), json.text.trimEnd());
  });

  it("are hidden, or not thought at all, where that is asked for", async () => {
    const hidden = await runCli([...RUN, "--think-budget", "8", "--hide-thinking", "x"]);
    assert.deepEqual([hidden.code, hidden.stderr], [0, ""]);
    const none = await runCli([...RUN, "--no-think", "--json", "x"]);
    assert.ok(!("reasoning" in (JSON.parse(none.stdout) as object)));
  });
});

describe("the form of an answer", () => {
  it("is JSON, or what a schema says", async () => {
    const answer = async (format: string): Promise<unknown> => {
      const { code, stdout, stderr } = await runCli([...RUN, "--no-think", "-n", "2000", "--format", format, "x"]);
      assert.deepEqual([code, stderr], [0, ""]);
      return JSON.parse(stdout);
    };
    const file = join(temporaryFolder(), "schema.json");
    writeFileSync(file, JSON.stringify({ type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] }));
    assert.equal(typeof ((await answer(file)) as { ok: unknown }).ok, "boolean");
    assert.ok(["red", "blue"].includes((await answer('{ "enum": ["red", "blue"] }')) as string));
  });

  for (const [what, args, words] of [
    [
      "a file that is not there",
      ["--format", "nowhere.json"],
      /format must be json, a JSON Schema, or a file with one/,
    ],
    ["a form for a raw prompt", ["--format", "json", "--raw"], /'--raw' cannot be used with option '--format/],
    ["a budget that is none", ["--think-budget", "much"], /It must be a whole number/],
  ] as const) {
    it(`cannot be ${what}`, async () => {
      const { code, stdout, stderr } = await runCli([...RUN, ...args, "x"]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, words);
    });
  }

  it("says that images are not for it", async () => {
    const { code, stderr } = await runCli(["run", path, "x", "--image", "cat.png"]);
    assert.equal(code, 1);
    assert.match(stderr, /it cannot look at images/);
  });
});
