import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mullamaHome } from "../../../../home.js";

const MOST = 1000;

/** The lines that were typed into chats, kept for the next one, in a file that only this user can read. */
export class HistoryFile {
  readonly #path = join(mullamaHome(), "history");
  /** The newest first, as readline wants them. */
  #lines: string[];
  /** Whether new lines are kept. */
  enabled = true;

  constructor() {
    this.#lines = this.#read();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(line: string): void {
    // As in shells, what begins with a space is nobody else's business.
    if (!this.enabled || line.trim() === "" || line.startsWith(" ") || line === this.#lines[0]) return;
    this.#lines = [line, ...this.#lines].slice(0, MOST);
    try {
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 });
    } catch {
      // A chat without a history is better than none.
    }
  }

  #read(): string[] {
    try {
      mkdirSync(mullamaHome(), { recursive: true });
      const lines = readFileSync(this.#path, "utf8")
        .split("\n")
        .filter((line) => line !== "");
      const kept = lines.slice(-MOST);
      if (lines.length > MOST * 2) writeFileSync(this.#path, `${kept.join("\n")}\n`, { mode: 0o600 });
      chmodSync(this.#path, 0o600);
      return kept.toReversed();
    } catch {
      return [];
    }
  }
}
