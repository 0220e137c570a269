import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { guidePrograms, programsOf } from "../support/guide-code.js";
import { root, runModule } from "../support/run-module.js";

const fence = "```";
const page = [
  "# A guide",
  `${fence}ts`,
  'import { readFileSync } from "node:fs";',
  "const one: number = 1;",
  fence,
  "Words, and what is not looked at:",
  `${fence}sh`,
  "npm install",
  fence,
  `${fence}ts`,
  "console.log(one, typeof readFileSync);",
  fence,
  `${fence}ts`,
  'import { release } from "mullama";',
  "console.log(typeof release);",
  fence,
  "",
].join("\n");

function write(name: string, text: string): string {
  mkdirSync(join(root, "build", "pages"), { recursive: true });
  writeFileSync(join(root, "build", "pages", `${name}.md`), text);
  return `build/pages/${name}.md`;
}

describe("the code of a guide", () => {
  it("is a program from each block that imports something, on the lines of the page", () => {
    const programs = programsOf(page);
    assert.deepEqual(
      programs.map(({ line }) => line),
      [3, 14],
    );
    assert.equal(programs[0]?.source.split("\n")[10], "console.log(one, typeof readFileSync);");
  });

  it("runs against the built package", async () => {
    const runs = await Promise.all(guidePrograms(write("good", page)).map(({ path }) => runModule(path)));
    assert.deepEqual(
      runs.map(({ stdout, status }) => [stdout.trim(), status]),
      [
        ["1 function", 0],
        ["object", 0],
      ],
    );
  });

  it("does not compile where a type is wrong, and names the line of the page", () => {
    const bad = write("bad", page.replace("= 1;", '= "one";'));
    assert.throws(() => guidePrograms(bad), /line-3\.ts\(4,7\)/);
  });
});
