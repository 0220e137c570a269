import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository, seen from the compiled `build/test/support/`. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The models that the tests fetched, as `smollm2()` keeps them: no module fetches one again. */
export const modelsHome =
  process.env["MULLAMA_HOME"] || fileURLToPath(new URL("../../../.cache/models", import.meta.url));

export interface ModuleRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

export interface ModuleRunOptions {
  readonly args?: readonly string[];
  /** Beside the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that it runs in. Default: the repository. */
  readonly cwd?: string;
  /** What it reads from its standard input. Default: nothing. */
  readonly stdin?: string;
  /** Milliseconds after which it is killed. Default 120,000. */
  readonly timeout?: number;
}

/**
 * Runs a compiled module as its user would: in a process of its own. The event loop stays free, so that it can talk to a
 * server of the test.
 *
 * @param path the JavaScript file, which must lie in the repository to import `mullama` by its name
 */
export function runModule(path: string, options: ModuleRunOptions = {}): Promise<ModuleRun> {
  const { args = [], env = {}, cwd = root, stdin = "", timeout = 120_000 } = options;
  const child = spawn(process.execPath, ["--enable-source-maps", path, ...args], {
    cwd,
    env: { ...process.env, MULLAMA_HOME: modelsHome, ...env },
    timeout,
  });
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ stdout, stderr, status }));
    child.stdin.end(stdin);
  });
}
