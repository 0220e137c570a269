import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runCli } from "../support/cli-run.js";
import { tinyHybrid, tinyLlama } from "../support/tiny-models.js";

const { path } = tinyLlama();
const BENCH = ["bench", path, "-p", "8", "-n", "4", "-r", "2", "-t", "1"];

async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

describe("mullama bench", () => {
  it("prints a table in Markdown with a row for each combination", async () => {
    const lines = (await output(...BENCH, "-d", "0,16", "--ubatch", "4,8")).trimEnd().split("\n");
    assert.match(
      lines[0] ?? "",
      /^\| model +\| +size \| +params \| backend \| threads \| ubatch \| +test \| +t\/s \|$/,
    );
    assert.equal(lines.length, 2 + 2 * 4);
    assert.match(lines[3] ?? "", /\| +pp8 @ d16 \| +\d+\.\d\d ± \d+\.\d\d \|$/);
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  });

  it("tells each sample to programs, with llama-bench's names", async () => {
    const results = JSON.parse(await output(...BENCH, "-o", "json")) as Record<string, unknown>[];
    const [prompt, generation] = results;
    assert.deepEqual([prompt?.["n_prompt"], prompt?.["n_gen"]], [8, 0]);
    assert.deepEqual([generation?.["n_prompt"], generation?.["n_gen"]], [0, 4]);
    for (const { samples_ns: times, samples_ts: speeds, avg_ts: average } of results) {
      assert.ok(Array.isArray(times) && Array.isArray(speeds));
      assert.equal(times.length, 2);
      assert.ok(Math.abs(Number(average) - (Number(speeds[0]) + Number(speeds[1])) / 2) < 1e-6);
    }
    const lines = (await output(...BENCH, "-o", "jsonl")).trimEnd().split("\n");
    assert.deepEqual(Object.keys(JSON.parse(lines[1] ?? "") as object), Object.keys(generation ?? {}));
    const csv = (await output(...BENCH, "-o", "csv")).trimEnd().split("\n");
    assert.equal(csv.length, 3);
    assert.equal(csv[0]?.split(",").length, csv[1]?.split('","').length);
  });

  it("takes options as llama-bench has them", async () => {
    const words = "-p 8 -n 0 -r 1 -t 1 -b 16 -ub 4,8 -ngl 0 -fa 1 -ctk bf16 --n-depth 4 -o json".split(" ");
    const results = JSON.parse(await output("bench", "-m", path, ...words)) as Record<string, unknown>[];
    assert.deepEqual(
      results.map((result) => [
        result["n_ubatch"],
        result["n_batch"],
        result["n_gpu_layers"],
        result["flash_attn"],
        result["type_k"],
        result["n_depth"],
      ]),
      [4, 8].map((ubatch) => [ubatch, 16, 0, "on", "bf16", 4]),
    );
  });

  it("measures a model with a recurrent state at a depth", async () => {
    const hybrid = tinyHybrid();
    assert.match(await output("bench", hybrid.path, "-p", "0", "-n", "2", "-d", "8", "-r", "2", "-t", "1"), /tg2 @ d8/);
  });

  for (const [what, args, words] of [
    ["nothing to measure", ["-p", "0", "-n", "0"], /--prompt must be more than 0/],
    ["a list with a wrong item", ["-t", "1,x"], /It must be a whole number/],
    ["an unknown type", ["--cache-type-k", "q9"], /It must be of f32, f16/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { code, stdout, stderr } = await runCli([...BENCH, ...args]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, words);
    });
  }
});
