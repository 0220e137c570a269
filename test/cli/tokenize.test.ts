import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runCli } from "../support/cli-run.js";
import { tinyLlama } from "../support/tiny-models.js";

const { path } = tinyLlama();

async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(["tokenize", path, ...args]);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

describe("mullama tokenize", () => {
  it("prints tokens with their texts, their numbers alone, or how many there are", async () => {
    const ids = (await output("--ids", "hello there")).trim().split(" ");
    const lines = (await output("hello there")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => line.trim().split(/\s+/)[0]),
      ids,
    );
    assert.equal(await output("--count", "hello", "there"), `${ids.length}\n`);
    const { tokens } = JSON.parse(await output("--json", "hello there")) as { tokens: { id: number }[] };
    assert.deepEqual(
      tokens.map(({ id }) => String(id)),
      ids,
    );
  });

  it("finds the way back", async () => {
    const text = "hello 天空 there";
    const ids = await output("--ids", "--no-special", text);
    assert.equal((await output("--detokenize", ids)).trim(), text);
    const json = JSON.parse(await output("--detokenize", "--json", ids.trim().replaceAll(" ", ","))) as object;
    assert.deepEqual(Object.keys(json), ["text"]);
  });

  it("shows bytes where a token is a part of a character", async () => {
    const parts = (await output("--no-special", "🦙")).match(/\\x[\da-f]{2}/g) ?? [];
    assert.equal(parts.join(""), "\\xf0\\x9f\\xa6\\x99");
  });

  it("refuses what is no token", async () => {
    const { code, stderr } = await runCli(["tokenize", path, "--detokenize", "1", "two"]);
    assert.equal(code, 2);
    assert.match(stderr, /token must be a number from 0 to \d+, but is "two"/);
    const far = await runCli(["tokenize", path, "--detokenize", "99999999"]);
    assert.equal(far.code, 2);
  });
});
