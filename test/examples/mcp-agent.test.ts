import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runExample } from "../support/run-example.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();

describe("examples/mcp-agent.ts", { skip: "missing" in found ? found.missing : false }, () => {
  it("calls the tools of its server", async () => {
    const { stdout, stderr, status } = await runExample("mcp-agent");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^weather_get_forecast: The weather in a city\n/);
    for (const answer of ["Rome: sunny, 19 degrees", "Oslo: snow, -4 degrees"])
      assert.ok(stdout.includes(`] The weather in ${answer}.\n`), stdout);
    assert.match(stdout, /\n(Rome|Oslo)\n$/);
  });
});
