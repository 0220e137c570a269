import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository, seen from the compiled `build/test/gates/`. */
const root = fileURLToPath(new URL("../../..", import.meta.url));
const compiledScripts = fileURLToPath(new URL("../../scripts", import.meta.url));

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};

/** Every entry point that the package says it has. */
const entries = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === "string" ? [] : [entry.types.replace("./dist/", "src/").replace(".d.ts", ".ts")],
);

/** Every file that a thread or a process begins with, as the bundle names them. */
const begins = [
  ...readFileSync(join(root, "scripts", "bundle.mjs"), "utf8").matchAll(/"(?<path>src\/[\w/-]+-entry\.ts)"/g),
].map(({ groups }) => groups?.["path"] ?? "");

const sources: Readonly<Record<string, string>> = {
  ...Object.fromEntries(entries.map((path) => [path, `export const here: boolean = true;\n`])),
  ...Object.fromEntries(begins.map((path) => [path, `process.stdout.write("begun\\n");\n`])),
  "budget.json": "[]\n",
  "src/errors.ts": `export class MullamaError extends Error {\n  readonly code: string = "UNSUPPORTED";\n}\n`,
  "src/index.ts": `export * from "./errors.js";\n`,
  "src/native/index.ts": `export const answer: number = 42;\n`,
  "src/gguf/index.ts": `export const magic: string = "GGUF";\n`,
  "web/main.tsx": `document.title = "mullama";\n`,
  "web/style/page.css": "body {\n  margin: 0;\n}\n",
  "web/index.html": "<!doctype html>\n<title>mullama</title>\n",
  "web/docs/main.tsx": `document.title = "docs";\n`,
  "web/docs/docs.css": "body {\n  margin: 0;\n}\n",
  "web/docs/docs.html": "<!doctype html>\n<title>docs</title>\n",
  "web/icon.svg": `<svg xmlns="http://www.w3.org/2000/svg" />\n`,
  "src/cli/main.ts": `#!/usr/bin/env node\nprocess.stdout.write("mullama\\n");\n`,
};

/** A small project in a temporary folder, under this repository's own configuration and scripts. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "mullama-gates-"));

  constructor() {
    for (const file of [
      ".gitignore",
      ".oxfmtrc.json",
      ".oxlintrc.json",
      "package.json",
      "scripts/bundle.mjs",
      "scripts/bundle-web.mjs",
      "tsconfig.json",
      "tsconfig.build.json",
      "web/tsconfig.json",
    ]) {
      cpSync(join(root, file), join(this.folder, file));
    }
    // The tools are installed for the repository; whether each is used is not this project's to say.
    const knip = JSON.parse(readFileSync(join(root, "knip.json"), "utf8")) as object;
    this.write("knip.json", `${JSON.stringify({ ...knip, ignoreDependencies: [".*"], ignoreBinaries: [".*"] })}\n`);
    for (const [path, text] of Object.entries(sources)) this.write(path, text);
    mkdirSync(join(this.folder, "build"));
    symlinkSync(compiledScripts, join(this.folder, "build", "scripts"), "junction");
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"), "junction");
    this.run("build");
    this.run("api");
    this.run("format");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Puts a planted file back as it was. */
  restore(path: string): void {
    const original = sources[path];
    if (original === undefined) rmSync(join(this.folder, path));
    else this.write(path, original);
  }

  /** Runs an npm script and returns how it ended and all that it printed. */
  run(script: string): { readonly status: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", script], {
      cwd: this.folder,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    return { status, output: stdout + stderr };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
