import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The compiled command. */
export const cliMain = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process once it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the built `mullama` command to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const env = { ...process.env, ...options.env };
  const child = spawn(process.execPath, [cliMain, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on("close", (code, signal) => resolve([code, signal])).on("error", reject);
  });
  // A test may destroy standard output to play a reader that goes away.
  const output = Promise.all([text(child.stdout).catch(() => ""), text(child.stderr)]);
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  options.onStart?.(child);
  const [code, signal] = await ended;
  const [stdout, stderr] = await output;
  return { code, signal, stdout, stderr };
}
