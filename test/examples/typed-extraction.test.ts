import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runExample } from "../support/run-example.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();

describe("examples/typed-extraction.ts", { skip: "missing" in found ? found.missing : false }, () => {
  it("gives values whole, as they grow, and as a choice", async () => {
    const { stdout, stderr, status } = await runExample("typed-extraction");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Ann.* is 31 and lives in Oslo\.\n/);
    assert.match(stdout, /\nso far: .+\n(.*\n)*done: \w/);
    assert.match(stdout, /\nhappy: \d+ %\nangry: \d+ %\n$/);
  });
});
