import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runExample } from "../support/run-example.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();

describe("examples/assistant-with-tool.ts", { skip: "missing" in found ? found.missing : false }, () => {
  it("looks up what it is asked for, and answers", async () => {
    const { stdout, stderr, status } = await runExample("assistant-with-tool");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /\n\[get_price\] A customer pays 3\.20 for a loaf of bread\.\n.*\w/);
    assert.match(stdout, /\n\[get_price\] A customer pays 1\.10 for milk\.\n.*\w/);
  });
});
