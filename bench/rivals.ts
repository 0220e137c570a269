/** Generating against node-llama-cpp, which uses the same library files from the same packages. Installed on demand. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/bindgen/source.js";
import { release } from "../src/native/index.js";
import { platformPackages } from "../src/native/packages.js";
import { randomBillion } from "./random-model.js";
import type { Section } from "./report.js";
import { compare, median } from "./statistics.js";
import { runMullama, type ThroughputOptions } from "./throughput.js";
import { titleOf, type Workload, workloads } from "./workload.js";

export async function measureRivals(options: ThroughputOptions): Promise<Section> {
  const folder = installNodeLlamaCpp();
  const decodes = workloads(options.quick).filter(({ kind }) => kind === "decode");
  const own = decodes.map((work) => againstNodeLlamaCpp(folder, options, work, 2));
  options.progress("a model of a billion random parameters");
  const model = await randomBillion(options.model);
  const work: Workload = { kind: "decode", tokens: 32, depth: 0, repetitions: 1, rounds: options.quick ? 1 : 4 };
  const [title, ...billion] = againstNodeLlamaCpp(folder, { ...options, model }, work, 1.05);
  return {
    title: "Generating against node-llama-cpp",
    note: `Tokens per second, sampled greedily, as text, medians of rounds taken in turns; node-llama-cpp ${release.packages} runs the same library. Target: ratio ≥ 2 for a model of 135 million parameters, ≥ 1.05 for one of a billion.`,
    columns: ["work", "node-llama-cpp", "mullama", "ratio", "target"],
    rows: [...own, [`${title}, 1.1 billion random parameters in Q4_K_M`, ...billion]],
  };
}

function againstNodeLlamaCpp(
  folder: string,
  options: ThroughputOptions,
  work: Workload,
  target: number,
): (string | number)[] {
  options.progress(`node-llama-cpp, ${titleOf(work)}`);
  const program = join(import.meta.dirname, "node-llama-cpp-bench.js");
  const rates = Array.from({ length: work.rounds }, () => {
    const args = [program, folder, options.model, String(options.threads), JSON.stringify(work)];
    const rival = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as number[];
    return { rival: median(rival), ours: median(runMullama(options, { ...work, kind: "generate" })) };
  });
  return compare(titleOf(work), rates, target);
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
