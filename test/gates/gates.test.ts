/** A gate that cannot fail guards nothing: each one here meets what it is there to refuse. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Project } from "./project.js";

interface Plant {
  readonly what: string;
  readonly gate: string;
  /** What the gate's output must say. */
  readonly says: RegExp;
  readonly files: Readonly<Record<string, string>>;
}

const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `export const n${i} = ${i};\n`).join("");
const ring = {
  "src/gguf/a.ts": `import { b } from "./b.js";\nexport const a = (): number => b();\n`,
  "src/gguf/b.ts": `import { a } from "./a.js";\nexport const b = (): number => a();\n`,
};

const plants: readonly Plant[] = [
  {
    what: "a type error",
    gate: "types",
    says: /src\/gguf\/index\.ts.*TS2322/,
    files: { "src/gguf/index.ts": `export const magic: number = "GGUF";\n` },
  },
  {
    what: "an unformatted file",
    gate: "format:check",
    says: /src\/gguf\/index\.ts/,
    files: { "src/gguf/index.ts": `export   const magic: string = 'GGUF'\n` },
  },
  {
    what: "an `any`",
    gate: "lint",
    says: /no-explicit-any/,
    files: { "src/gguf/index.ts": `export const magic: any = "GGUF";\n` },
  },
  {
    what: "a non-null assertion",
    gate: "lint",
    says: /no-non-null-assertion/,
    files: { "src/gguf/index.ts": `export const first = (list: string[]): string => list[0]!;\n` },
  },
  {
    what: "a console call",
    gate: "lint",
    says: /no-console/,
    files: { "src/gguf/index.ts": `console.log("GGUF");\nexport {};\n` },
  },
  {
    what: "a promise that nobody waits for",
    gate: "lint",
    says: /no-floating-promises/,
    files: { "src/gguf/index.ts": `export function magic(): void {\n  Promise.resolve("GGUF");\n}\n` },
  },
  { what: "an import ring", gate: "lint", says: /no-cycle/, files: ring },
  { what: "an import ring", gate: "budget", says: /src\/gguf\/a\.ts > src\/gguf\/b\.ts.*import ring/, files: ring },
  {
    what: "an import from a later layer",
    gate: "layers",
    says: /src\/gguf\/index\.ts:1: gguf imports src\/cli\/main\.ts/,
    files: { "src/gguf/index.ts": `import "../cli/main.js";\n` },
  },
  {
    what: "a type import from a later layer",
    gate: "layers",
    says: /src\/native\/index\.ts:1: native imports src\/gguf\/index\.ts/,
    files: { "src/native/index.ts": `export type Magic = typeof import("../gguf/index.js").magic;\n` },
  },
  {
    what: "a folder in no layer",
    gate: "layers",
    says: /"utils" is in no layer/,
    files: { "src/utils/index.ts": `export {};\n` },
  },
  {
    what: "an export that nobody uses",
    gate: "deadcode",
    says: /unused/,
    files: {
      "src/gguf/index.ts": `export { used } from "./part.js";\n`,
      "src/gguf/part.ts": `export const used = 1;\nexport const unused = 2;\n`,
    },
  },
  {
    what: "`any`, `!`, a console call and a plain Error",
    gate: "budget",
    says: /any: 1, limit 0[^]*non-null !: 1, limit 0[^]*console: 1, limit 0[^]*plain Error: 1, limit 0/,
    files: {
      "src/gguf/index.ts": `export const a: any = 1;\nexport const b = [1][0]!;\nconsole.log(a);\nthrow new Error("no");\n`,
    },
  },
  {
    what: "too long a file",
    gate: "budget",
    says: /src\/gguf\/index\.ts:1: file length: 501, limit 500/,
    files: { "src/gguf/index.ts": lines(501) },
  },
  {
    what: "too long a test file",
    gate: "budget",
    says: /test\/gguf\/read\.test\.ts:1: test file length: 701, limit 700/,
    files: { "test/gguf/read.test.ts": lines(701) },
  },
  {
    what: "an exception that nothing needs",
    gate: "budget",
    says: /unused exception: any in src\/gguf\/index\.ts/,
    files: { "budget.json": `[{ "rule": "any", "path": "src/gguf/index.ts", "reason": "gone" }]\n` },
  },
  {
    what: "too long a function and class",
    gate: "budget",
    says: /class length: 352, limit 350[^]*function length: 82, limit 80/,
    files: {
      "src/gguf/index.ts": `export class Long {${"\n".repeat(351)}}\nexport function long(): void {${"\n".repeat(81)}}\n`,
    },
  },
];

describe("gates", () => {
  const project = new Project();
  after(() => project.dispose());

  for (const gate of ["types", "format:check", "lint", "layers", "deadcode", "budget", "api:check", "package"]) {
    it(`${gate} passes a clean project`, () => {
      const { status, output } = project.run(gate);
      assert.equal(status, 0, output);
    });
  }

  for (const { what, gate, says, files } of plants) {
    it(`${gate} refuses ${what}`, () => {
      for (const [path, text] of Object.entries(files)) project.write(path, text);
      try {
        const { status, output } = project.run(gate);
        assert.match(output, says);
        assert.notEqual(status, 0);
      } finally {
        for (const path of Object.keys(files)) project.restore(path);
      }
    });
  }

  it("api:check refuses a changed API", () => {
    project.write("src/gguf/index.ts", `export const magic: string = "GGUF";\nexport const version: number = 3;\n`);
    try {
      assert.equal(project.run("build").status, 0);
      const { status, output } = project.run("api:check");
      assert.match(output, /docs\/api\/mullama-gguf\.md: the public API of mullama\/gguf has changed/);
      assert.notEqual(status, 0);
    } finally {
      project.restore("src/gguf/index.ts");
    }
  });

  it("package refuses an entry point that is not there", () => {
    project.write(
      "package.json",
      `{ "name": "mullama", "version": "0.0.0", "type": "module", "exports": "./dist/none.js", "scripts": { "package": "publint --strict" } }\n`,
    );
    const { status, output } = project.run("package");
    assert.match(output, /dist\/none\.js/);
    assert.notEqual(status, 0);
  });
});
