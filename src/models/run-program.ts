import { spawn } from "node:child_process";

/** Most of a program's output that is kept, in characters. */
const MOST_OUTPUT = 4 << 20;

export interface ProgramOptions {
  /** Ends the program. */
  readonly signal?: AbortSignal;
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads. Default: nothing. */
  readonly input?: string;
  /** Let the shell find it: Windows starts scripts in no other way. No argument may need quotes then. */
  readonly shell?: boolean;
}

/** How a program ended. */
export interface Outcome {
  /** Exit status; undefined where the program could not be started, -1 where a signal ended it. */
  readonly code: number | undefined;
  /** What it wrote; of too much, the end. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. It is given its arguments as they are. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  const { signal, env, input, shell = false } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, signal, shell, windowsHide: true });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] = (output[name] + text).slice(-MOST_OUTPUT);
      });
    }
    const end = (code: number | undefined): void => resolve({ code, ...output });
    child.on("error", () => child.pid === undefined && end(undefined));
    child.on("close", (code) => end(child.pid === undefined ? undefined : (code ?? -1)));
    // A program that reads nothing may have closed its end already.
    child.stdin.on("error", () => undefined).end(input);
  });
}
