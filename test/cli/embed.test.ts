import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runCli } from "../support/cli-run.js";
import { tinyBert, tinyLlama, tinyReranker } from "../support/tiny-models.js";

const { path: bert } = tinyBert();
const { path: reranker } = tinyReranker();
const EMBED = ["embed", bert, "--threads", "1"];

async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

describe("mullama embed", () => {
  it("prints a vector for each text, in any format the same", async () => {
    const lines = (await output(...EMBED, "hello", "there")).trim().split("\n");
    const vectors = lines.map((line) => JSON.parse(line) as number[]);
    assert.equal(vectors.length, 2);
    for (const vector of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
    const whole = JSON.parse(await output(...EMBED, "--json", "hello", "there")) as Record<string, unknown>;
    assert.deepEqual(whole["embeddings"], vectors);
    assert.equal(whole["dimensions"], vectors[0]?.length);
    assert.ok(Number(whole["tokens"]) >= 2);
    const [first = ""] = (await output(...EMBED, "--format", "base64", "hello", "there")).split("\n");
    const bytes = new Uint8Array(Buffer.from(first, "base64"));
    const floats = [...new Float32Array(bytes.buffer)];
    assert.deepEqual(
      floats.map((value) => Number(value.toPrecision(9))),
      vectors[0],
    );
  });

  it("takes each line of standard input as a text", async () => {
    const { code, stdout } = await runCli(EMBED, { input: "hello\n\nthere\n" });
    assert.equal(code, 0);
    assert.equal(stdout, await output(...EMBED, "hello", "there"));
  });

  it("compares texts", async () => {
    assert.match(await output(...EMBED, "--compare", "hello there", "hello there"), /^1\.0000\n$/);
    const table = await output(...EMBED, "--compare", "hello", "there", "hello");
    assert.match(table, / +1 +2 +3 +TEXT\n1 +1\.000 .* 1\.000 +hello\n/);
    const json = JSON.parse(await output(...EMBED, "--compare", "--json", "a", "b")) as { similarities: number[][] };
    assert.equal(json.similarities[0]?.[1], json.similarities[1]?.[0]);
  });

  it("says what is missing", async () => {
    const none = await runCli(EMBED, { input: "\n" });
    assert.deepEqual([none.code, none.stdout], [2, ""]);
    const one = await runCli([...EMBED, "--compare", "alone"]);
    assert.equal(one.code, 2);
    assert.match(one.stderr, /--compare must be given two texts or more/);
  });
});

describe("mullama rerank", () => {
  const RERANK = ["rerank", reranker, "--threads", "1"];

  it("prints the best document first", async () => {
    const args = [...RERANK, "hello", "one text", "another 天空", "a third"];
    const { results } = JSON.parse(await output(...args, "--json")) as { results: { index: number; score: number }[] };
    assert.deepEqual(results.map(({ index }) => index).toSorted(), [0, 1, 2]);
    assert.ok((results[0]?.score ?? 0) >= (results[2]?.score ?? 0));
    const [title = "", best = ""] = (await output(...args, "--top-n", "1")).split("\n");
    assert.match(title, /SCORE +NO\. +DOCUMENT/);
    assert.match(best, new RegExp(`${results[0]?.score.toFixed(4)} +${(results[0]?.index ?? 0) + 1} `));
  });

  it("refuses a model that gives no scores", async () => {
    const { code, stderr } = await runCli(["rerank", tinyLlama().path, "--threads", "1", "q", "a"]);
    assert.equal(code, 1);
    assert.match(stderr, /it is no reranker/);
  });
});
