/** What docs/guides/assistant.md and docs/guides/extraction.md show. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guidePrograms } from "../support/guide-code.js";
import { runModule } from "../support/run-module.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();

/** What the programs of each page print, in their order. */
const pages: Readonly<Record<string, readonly RegExp[]>> = {
  "docs/guides/assistant.md": [
    /\w+ \w+[^]* [1-9]\d*\n$/,
    /^Sunny in Rome\n$/,
    /^4 true\n$/,
    /^bread 0\ncheese \d\nwine [1-9]\n$/,
  ],
  "docs/guides/extraction.md": [/^Ann.* 31 Oslo\n[^]*\n(blue|white|red)\n[^]*\d{4}-\d{2}-\d{2} (yes|no)\n$/],
};

for (const [page, printed] of Object.entries(pages)) {
  describe(page, { skip: "missing" in found ? found.missing : false }, () => {
    const programs = guidePrograms(page);
    for (const [index, { name, path }] of programs.entries()) {
      it(`runs as it stands: ${name}`, async () => {
        const { stdout, stderr, status } = await runModule(path);
        assert.equal(status, 0, stderr);
        assert.match(stdout, printed[index] ?? /no program/);
      });
    }

    it("has no program that is not run here", () => assert.equal(programs.length, printed.length));
  });
}
