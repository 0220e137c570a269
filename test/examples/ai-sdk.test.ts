import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runExample } from "../support/run-example.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();

describe("examples/ai-sdk.ts", { skip: "missing" in found ? found.missing : false }, () => {
  it("answers, gives a value and tells texts apart", async () => {
    const { stdout, stderr, status } = await runExample("ai-sdk");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /sky|blue|light/i);
    assert.match(stdout, /\n\(60 tokens\)\n/);
    assert.match(stdout, /Ann.* 31\n/);
    assert.match(stdout, /The kitten is nearer\./);
  });
});
