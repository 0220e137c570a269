/** A bundled application: one file, koffi beside it, the libraries in a folder that is named or in their package. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { root } from "../../scripts/bindgen/source.js";
import { openLibrary, release } from "../../src/native/index.js";
import { nativeModule, withFolder, writeInto } from "./process.js";

const application = `
  import { openLibrary } from ${JSON.stringify(fileURLToPath(nativeModule))};
  const { version, backend, directory } = openLibrary();
  console.log(JSON.stringify({ version, backend, directory }));`;

/** Bundles the application into `folder`, which then sees only the packages named. */
function bundle(folder: string): string {
  const outfile = join(folder, "application.mjs");
  buildSync({
    entryPoints: [writeInto(folder, "entry.js", application)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["koffi", "@node-llama-cpp/*"],
    logLevel: "error",
  });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  return outfile;
}

function start(
  file: string,
  directory: string,
): { readonly version: string; readonly backend: string; readonly directory: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    encoding: "utf8",
    env: { ...process.env, MULLAMA_LIBRARY_DIR: directory, MULLAMA_BACKEND: "" },
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as ReturnType<typeof start>;
}

describe("a bundled application", () => {
  it("opens the libraries of the folder that MULLAMA_LIBRARY_DIR names", () => {
    withFolder((folder) => {
      const { directory } = openLibrary();
      const opened = start(bundle(folder), directory);
      assert.equal(opened.directory, directory);
      assert.equal(opened.backend, "custom");
      assert.ok(opened.version.startsWith(release.version));
    });
  });

  it("finds the installed package by its literal name", () => {
    withFolder((folder) => {
      assert.equal(start(bundle(folder), "").version, openLibrary().version);
    });
  });
});
