/** The names of a split model's files, as llama.cpp gives and reads them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { splitPath, splitPrefix } from "../../src/llama/index.js";

it("a file's name carries its number from 1 and the count", () => {
  assert.equal(splitPath("/models/a", 0, 3), "/models/a-00001-of-00003.gguf");
  assert.equal(splitPath("münchen", 2, 3), "münchen-00003-of-00003.gguf");
});

it("the prefix comes back from the name, for the right number and count only", () => {
  assert.equal(splitPrefix("/models/a-00002-of-00003.gguf", 1, 3), "/models/a");
  assert.equal(splitPrefix(splitPath("münchen", 2, 3), 2, 3), "münchen");
  assert.equal(splitPrefix("/models/a-00002-of-00003.gguf", 0, 3), undefined);
  assert.equal(splitPrefix("/models/a-00002-of-00003.gguf", 1, 4), undefined);
  assert.equal(splitPrefix("/models/a.gguf", 0, 1), undefined);
});

it("a path longer than any buffer is whole", () => {
  const prefix = `/${"long/".repeat(2000)}model`;
  assert.equal(splitPrefix(splitPath(prefix, 7, 10), 7, 10), prefix);
});

it("a number beyond the count is refused", () => {
  for (const [number, count] of [
    [3, 3],
    [-1, 3],
    [0, 0],
    [0.5, 3],
    [0, 100_000],
  ] as const) {
    assert.throws(() => splitPath("a", number, count), { code: "ARGUMENT_INVALID" });
    assert.throws(() => splitPrefix("a", number, count), { code: "ARGUMENT_INVALID" });
  }
});
