/** How long importing the built package takes in a fresh process, and whether that opens a library of llama.cpp. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/bindgen/source.js";
import type { Section } from "./report.js";
import { median } from "./statistics.js";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

interface Import {
  readonly milliseconds: number;
  readonly opened: readonly string[];
}

/** Runs in the fresh process; the report lists every shared object that is loaded. */
const program = `
const start = performance.now();
await import(process.argv[1]);
const milliseconds = performance.now() - start;
const opened = process.report.getReport().sharedObjects.filter((file) => /lib(llama|ggml)|(llama|ggml)[^/\\\\]*\\.dll/.test(file));
console.log(JSON.stringify({ milliseconds, opened }));
`;

export function measureImport(): Section {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const rows = Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === "string") return [];
    const url = pathToFileURL(join(root, target.default)).href;
    const imports = Array.from({ length: 11 }, () => importOnce(url));
    const opened = imports.flatMap((one) => one.opened).length;
    const times = imports.map((one) => one.milliseconds);
    return [[`\`${name}${subpath.slice(1)}\``, median(times), Math.min(...times), opened === 0 ? "none" : `${opened}`]];
  });
  return {
    title: "Import time",
    note: "Milliseconds of `import` in a fresh process. Target for `mullama`: < 60 ms, no library of llama.cpp opened.",
    columns: ["import", "median ms", "best ms", "libraries opened"],
    rows,
  };
}

function importOnce(url: string): Import {
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", program, url], { encoding: "utf8" }),
  ) as Import;
}
