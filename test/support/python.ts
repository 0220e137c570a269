import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../../.cache/python", import.meta.url));

/** A Python with a package of a version, in an environment of its own that is made once; or why it cannot be had. */
export function python(name: string, version: string): { readonly program: string } | { readonly missing: string } {
  const folder = join(cache, `${name}-${version}`);
  const program = join(folder, "bin", "python");
  const done = join(folder, "done");
  if (existsSync(done)) return { program };
  try {
    execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
    execFileSync(program, ["-m", "pip", "install", "--quiet", `${name}==${version}`], { stdio: "pipe" });
    execFileSync("touch", [done]);
  } catch (error) {
    return { missing: `${name} ${version} for Python cannot be had: ${String(error).split("\n")[0]}` };
  }
  return { program };
}

/** Runs a script, and gives what it printed. This process goes on meanwhile: it may be what the script speaks to. */
export async function runPython(
  program: string,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(program, ["-c", script], { env: { ...process.env, ...env }, timeout: 120_000 });
  const ended = once(child, "exit") as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = await ended;
  return { status, stdout, stderr };
}
