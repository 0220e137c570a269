/**
 * The code of a guide, type-checked and compiled, so that no page shows what does not work.
 *
 * The rule: of a page, what stands between "```ts" and "```" is code. A block that imports something begins a program, as
 * its reader can copy it; a block without an import goes on with the program before it. Blocks of other languages are not
 * looked at.
 *
 *     for (const program of guidePrograms("docs/guides/chat.md"))
 *       it(program.name, async () => assert.equal((await runModule(program.path)).status, 0));
 *
 * Run a program with `runModule`, or import what it exports.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./run-module.js";

/** A program of a guide. */
export interface GuideProgram {
  /** The page, and the line on which it begins. */
  readonly name: string;
  readonly source: string;
  /** The compiled module. */
  readonly path: string;
  /** Its address, for `import()`. */
  readonly url: string;
}

/** The programs of a text, with the lines on which they begin. */
export function programsOf(markdown: string): { line: number; source: string }[] {
  const programs: { line: number; source: string }[] = [];
  for (const { 1: source = "", index } of markdown.matchAll(/^```ts\n([^]*?)^```$/gm)) {
    const line = markdown.slice(0, index).split("\n").length + 1;
    const last = programs.at(-1);
    // Each line stands where the page has it, for the compiler's words and for traces.
    if (last !== undefined && !/^import /m.test(source))
      last.source += "\n".repeat(line - last.source.split("\n").length) + source;
    else programs.push({ line, source: "\n".repeat(line - 1) + source });
  }
  return programs;
}

/**
 * Compiles the programs of a page, against the built package.
 *
 * @param page its path in the repository
 * @throws {Error} with what the compiler says, on the line of the page
 */
export function guidePrograms(page: string): readonly GuideProgram[] {
  const folder = join(root, "build", "guides", basename(page, ".md"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const programs = programsOf(readFileSync(join(root, page), "utf8")).map(({ line, source }) => {
    const file = join(folder, `line-${line}`);
    writeFileSync(`${file}.ts`, `${source}\nexport {};\n`);
    return { name: `${page}:${line}`, source, path: `${file}.js`, url: pathToFileURL(`${file}.js`).href };
  });
  const config = {
    extends: "../../../tsconfig.json",
    compilerOptions: { rootDir: ".", outDir: ".", declaration: false, noUnusedLocals: false },
    include: ["*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${page} does not compile:\n${stdout}`);
  return programs;
}

const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
