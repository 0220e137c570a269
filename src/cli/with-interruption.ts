import { ExitCode } from "./exit-code.js";
import { Interruption } from "./interruption.js";

/** Does a command's work, which Ctrl-C stops. @returns the exit status */
export async function withInterruption(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  using interruption = new Interruption();
  try {
    await work(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    interruption.leaveLine();
  }
  return interruption.exitCode ?? ExitCode.ok;
}
