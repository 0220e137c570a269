import { stripVTControlCharacters } from "node:util";
import { type IPty, spawn } from "@lydell/node-pty";
import { cliMain } from "./cli-run.js";

interface TerminalOptions {
  readonly columns?: number;
  readonly env: Readonly<Record<string, string>>;
  /** Another program than the built command. */
  readonly program?: string;
}

/** The built command in a pseudo-terminal, as a person would use it. */
export class PseudoTerminal implements Disposable {
  readonly #process: IPty;
  readonly #ended: Promise<number>;
  #text = "";
  #seen = 0;

  constructor(args: readonly string[], { columns = 80, env, program }: TerminalOptions) {
    const [file, all] = program === undefined ? [process.execPath, [cliMain, ...args]] : [program, [...args]];
    this.#process = spawn(file, all, {
      cols: columns,
      rows: 30,
      name: "xterm-256color",
      env: { ...process.env, ...env },
    });
    this.#process.onData((data) => (this.#text += data));
    this.#ended = new Promise((resolve) => this.#process.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** All that was written, as it came. */
  get written(): string {
    return this.#text;
  }

  /** All that was written, without what moves the cursor. */
  get text(): string {
    return stripVTControlCharacters(this.#text).replaceAll("\r", "");
  }

  /** Types a line, and the return key. */
  line(text: string): void {
    this.keys(`${text}\r`);
  }

  /** Types keys as they are; `\u0003` is Ctrl-C. */
  keys(text: string): void {
    this.#seen = this.text.length;
    this.#process.write(text);
  }

  /** Waits for something to be written behind the last key. */
  async sees(pattern: RegExp, milliseconds = 30_000): Promise<string> {
    for (const until = performance.now() + milliseconds; ;) {
      const found = pattern.exec(this.text.slice(this.#seen));
      if (found !== null) return found[0];
      if (performance.now() > until)
        throw new TypeError(`${pattern} was not seen in ${JSON.stringify(this.text.slice(-800))}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Asks the process to end, as `kill` does. */
  [Symbol.dispose](): void {
    this.#process.kill("SIGTERM");
  }

  /** Waits for the process to end. @returns its exit status */
  ended(): Promise<number> {
    return this.#ended;
  }
}
