/** Generating against node-llama-cpp, which uses the same library files from the same packages. Installed on demand. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/bindgen/source.js";
import { release } from "../src/native/index.js";
import { platformPackages } from "../src/native/packages.js";
import type { Section } from "./report.js";
import { median } from "./statistics.js";
import { runMullama, type ThroughputOptions } from "./throughput.js";
import { titleOf, workloads } from "./workload.js";

export function measureRivals(options: ThroughputOptions): Section {
  const folder = installNodeLlamaCpp();
  const program = join(import.meta.dirname, "node-llama-cpp-bench.js");
  const rows = workloads(options.quick)
    .filter(({ kind }) => kind === "decode")
    .map((work) => {
      options.progress(`node-llama-cpp, ${titleOf(work)}`);
      const rates = Array.from({ length: work.rounds }, () => {
        const args = [program, folder, options.model, String(options.threads), JSON.stringify(work)];
        const rival = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as number[];
        return { rival: median(rival), ours: median(runMullama(options, { ...work, kind: "generate" })) };
      });
      const ratios = rates.map(({ rival, ours }) => ours / rival);
      return [
        `${titleOf(work)}, sampled, as text`,
        median(rates.map(({ rival }) => rival)),
        median(rates.map(({ ours }) => ours)),
        median(ratios),
      ];
    });
  return {
    title: "Generating against node-llama-cpp",
    note: `Tokens per second, medians of rounds taken in turns; node-llama-cpp ${release.packages} runs the same library. Target: ratio ≥ 2 for a model of 135 million parameters.`,
    columns: ["work", "node-llama-cpp", "mullama", "ratio"],
    rows,
  };
}

/** Installs it into `.cache/` with the package of this platform only: by itself it would pull every GPU's libraries. */
function installNodeLlamaCpp(): string {
  const folder = join(root, ".cache", `node-llama-cpp-${release.packages}`);
  const done = join(folder, "installed");
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  const platform = platformPackages().filter(({ backend }) => backend === "cpu" || backend === "metal");
  const packages = ["node-llama-cpp", ...platform.map(({ name }) => name)].map((name) => `${name}@${release.packages}`);
  const args = [
    "install",
    "--omit=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...packages,
  ];
  execFileSync("npm", args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  writeFileSync(done, "");
  return folder;
}
