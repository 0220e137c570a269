import { MullamaError } from "../errors.js";
import { aborted } from "./cancel.js";
import { type Outcome, runProgram } from "./run-program.js";

/** The ways in which a pip may be installed, the most usual first. */
const COMMANDS: readonly (readonly [string, ...string[]])[] = [
  ["pip"],
  ["pip3"],
  ["python3", "-m", "pip"],
  ["python", "-m", "pip"],
  ["py", "-m", "pip"],
];

/**
 * Runs `pip download --no-deps` for one requirement with the first pip that is installed.
 * Its temporary files go to `directory` too, so that they are on the disk that was checked for space.
 *
 * @throws {MullamaError} `DOWNLOAD_FAILED` with pip's own words, `ABORTED` when cancelled.
 */
export async function runPip(requirement: string, directory: string, signal: AbortSignal): Promise<void> {
  const options = [
    "--no-deps",
    "--only-binary=:all:",
    "--no-input",
    "--disable-pip-version-check",
    "--progress-bar=off",
  ];
  const env = { TMPDIR: directory, TEMP: directory, TMP: directory };
  for (const [program, ...first] of COMMANDS) {
    const args = [...first, "download", ...options, "--dest", directory, requirement];
    const outcome = await runProgram(program, args, { signal, env });
    if (signal.aborted) throw aborted(signal);
    if (outcome.code === 0) return;
    if (isAbsent(outcome)) continue;
    throw new MullamaError("DOWNLOAD_FAILED", `${[program, ...first].join(" ")} failed: ${lastWords(outcome.stderr)}`);
  }
  throw new MullamaError("DOWNLOAD_FAILED", "pip is not installed.", {
    hint: "Install Python 3 with pip to use this source.",
  });
}

/** Whether there was no pip to run: no program, a launcher that finds none behind it, or a Python without the module. */
function isAbsent({ code, stderr }: Outcome): boolean {
  return code === undefined || code === 127 || code === 9009 || stderr.includes("No module named pip");
}

/** What matters of pip's output: its errors, or else its last lines. */
function lastWords(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => line.startsWith("ERROR:")).map((line) => line.slice("ERROR:".length).trim());
  return (errors.length > 0 ? errors : lines).slice(-2).join(" ") || "it said nothing.";
}
