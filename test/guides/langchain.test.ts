import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guidePrograms } from "../support/guide-code.js";
import { runModule } from "../support/run-module.js";
import { smollm2 } from "../support/smollm2.js";

describe("docs/guides/langchain.md", () => {
  it("runs as it stands", async (context) => {
    const model = await smollm2();
    if ("missing" in model) return context.skip(model.missing);
    const programs = guidePrograms("docs/guides/langchain.md");
    assert.equal(programs.length, 1);
    for (const { path } of programs) {
      const { status, stdout, stderr } = await runModule(path, { env: { MODEL: model.path } });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /Sunny in (Rome|Oslo)/);
      assert.match(stdout, /(Ann|Bob) \d+/);
    }
  });
});
