/** What a production installation of the packed package takes on disk. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/bindgen/source.js";
import type { Section } from "./report.js";

export function measureInstall(): Section {
  const folder = mkdtempSync(join(tmpdir(), "mullama-install-"));
  try {
    const npm = (cwd: string, ...args: string[]): string =>
      execFileSync("npm", args, { cwd, encoding: "utf8", stdio: "pipe", shell: process.platform === "win32" });
    const [packed] = JSON.parse(npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder)) as [
      { filename: string; size: number },
    ];
    writeFileSync(join(folder, "package.json"), "{}");
    const start = performance.now();
    npm(folder, "install", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline", `./${packed.filename}`);
    const seconds = (performance.now() - start) / 1000;
    const packages = installedPackages(join(folder, "node_modules"))
      .map(({ name, path }) => ({ name, bytes: sizeOf(path) }))
      .sort((a, b) => b.bytes - a.bytes);
    const total = packages.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      title: "Installation size",
      note: `Megabytes on disk after \`npm install\` of the packed package (${megabytes(packed.size)} MB) for production, by package; it took ${seconds.toFixed(1)} s with npm's cache as it was.`,
      columns: ["package", "MB"],
      rows: [...packages.map(({ name, bytes }) => [name, megabytes(bytes)]), ["**together**", megabytes(total)]],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installedPackages(modules: string): { name: string; path: string }[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
    .map((name) => ({ name, path: join(modules, name) }))
    .filter(({ path }) => existsSync(join(path, "package.json")));
}

function sizeOf(path: string): number {
  const stats = statSync(path);
  return stats.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stats.size;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
