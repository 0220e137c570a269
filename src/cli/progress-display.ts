import type { ModelProgress } from "../models/index.js";
import { progressLine, type Transfer } from "./progress-line.js";
import { hangText } from "./terminal/entries.js";

/** Shortest time between two pictures, in milliseconds. */
const TERMINAL_PAUSE = 100;
const PLAIN_PAUSE = 3000;

/** Where progress is shown: `process.stderr`, or its like. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Shows how the fetching of a model goes on: a bar on a terminal, a plain line every few seconds elsewhere. */
export class ProgressDisplay implements Disposable {
  readonly #output: ProgressOutput;
  readonly #name: string;
  readonly #now: () => number;
  #stage = "";
  #shownAt = -Infinity;
  #barIsOut = false;

  constructor(output: ProgressOutput, name: string, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#name = name;
    this.#now = now;
  }

  readonly show = (progress: ModelProgress): void => {
    switch (progress.phase) {
      case "wait":
        return this.#say(`Waiting for another process, which is fetching ${this.#name} already.`);
      case "note":
        return this.#say(`note: ${progress.text}`);
      case "source-failed":
        return this.#say(`${progress.source} failed: ${progress.error.message}`);
      default:
        return this.advance(progress);
    }
  };

  /** Clears the bar away. */
  [Symbol.dispose](): void {
    if (this.#barIsOut) this.#output.write("\r\u001B[K");
    this.#barIsOut = false;
  }

  advance(progress: Transfer): void {
    const now = this.#now();
    const stage = `${progress.phase} ${progress.source}`;
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#shownAt = this.#output.isTTY ? -Infinity : now;
      if (!this.#output.isTTY) this.#say(progressLine(progress, undefined));
    }
    const pause = this.#output.isTTY ? TERMINAL_PAUSE : PLAIN_PAUSE;
    if (now - this.#shownAt < pause) return;
    this.#shownAt = now;
    if (this.#output.isTTY) {
      const line = progressLine(progress, this.#output.columns ?? 80);
      this.#output.write(`\r${line}\u001B[K`);
      this.#barIsOut = true;
    } else {
      this.#output.write(`${progressLine(progress, undefined)}\n`);
    }
  }

  #say(line: string): void {
    this[Symbol.dispose]();
    const { isTTY, columns = 80 } = this.#output;
    const lines = isTTY ? hangText(line, columns - 1) : [line];
    this.#output.write(`${lines.join("\n")}\n`);
  }
}
