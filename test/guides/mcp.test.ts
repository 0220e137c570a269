/** What docs/guides/mcp.md shows, with the server that it shows. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { guidePrograms } from "../support/guide-code.js";
import { root, runModule } from "../support/run-module.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();
const page = "docs/guides/mcp.md";

describe(page, { skip: "missing" in found ? found.missing : false }, () => {
  it("runs as it stands", async () => {
    const programs = guidePrograms(page);
    assert.equal(programs.length, 1);
    const [, server = ""] = /```js\n([^]*?)```/.exec(readFileSync(join(root, page), "utf8")) ?? [];
    for (const { path } of programs) {
      const cwd = dirname(path);
      writeFileSync(join(cwd, "server.mjs"), server);
      const { stdout, stderr, status } = await runModule(path, { cwd });
      assert.equal(status, 0, stderr);
      assert.equal(stdout, "Sunny in Rome\nweather_get_weather weather The weather in a city {}\n");
    }
  });
});
