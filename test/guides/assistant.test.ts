/** What docs/guides/assistant.md shows. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guidePrograms } from "../support/guide-code.js";
import { runModule } from "../support/run-module.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();
/** What each program prints, in the page's order. */
const printed = [/\w+ \w+[^]* [1-9]\d*\n$/, /^Sunny in Rome\n$/, /^4 true\n$/, /^bread 0\ncheese \d\nwine [1-9]\n$/];

describe("docs/guides/assistant.md", { skip: "missing" in found ? found.missing : false }, () => {
  const programs = guidePrograms("docs/guides/assistant.md");
  for (const [index, { name, path }] of programs.entries()) {
    it(`runs as it stands: ${name}`, async () => {
      const { stdout, stderr, status } = await runModule(path);
      assert.equal(status, 0, stderr);
      assert.match(stdout, printed[index] ?? /no program/);
    });
  }

  it("has no program that is not run here", () => assert.equal(programs.length, printed.length));
});
