import { ExitCode } from "./exit-code.js";

/**
 * Turns what ends a command from outside into one signal: Ctrl-C, a request to terminate, and a reader of our output
 * that has gone away. A second Ctrl-C ends the process on the spot.
 */
export class Interruption implements Disposable {
  /** The exit status that the interruption asks for; undefined while there is none. */
  exitCode: number | undefined;
  readonly #controller = new AbortController();
  readonly #onSigint = (): void => this.#stop(ExitCode.interrupted);
  readonly #onSigterm = (): void => this.#stop(ExitCode.terminated);
  readonly #onOutputError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
    this.exitCode ??= ExitCode.ok;
    this.#controller.abort();
  };

  constructor() {
    process.on("SIGINT", this.#onSigint).on("SIGTERM", this.#onSigterm);
    process.stdout.on("error", this.#onOutputError);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Goes to a new line, where the terminal has echoed Ctrl-C into one that was begun. */
  leaveLine(): void {
    if (this.exitCode === ExitCode.interrupted && process.stderr.isTTY) process.stderr.write("\n");
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#onSigint).off("SIGTERM", this.#onSigterm);
  }

  #stop(exitCode: number): void {
    if (this.signal.aborted) process.exit(exitCode);
    this.exitCode = exitCode;
    this.#controller.abort();
  }
}
