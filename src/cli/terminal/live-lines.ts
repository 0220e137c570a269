import { stripVTControlCharacters } from "node:util";
import { span } from "./span.js";
import { chopSpan } from "./wrap.js";

/** A terminal, or something like it. */
export interface Screen {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** Begins and ends a change that terminals show at once, where they know how. */
const TOGETHER = ["\u001B[?2026h", "\u001B[?2026l"] as const;

/**
 * Lines at the end of a terminal's text that still change. Only what differs is written again, from the first line that
 * does; what has left the screen at its top stays as it is. No line is wider than the terminal, less one column.
 */
export class LiveLines {
  readonly #screen: Screen;
  #lines: readonly string[] = [];
  /** Lines at the top that can no longer be reached. */
  #gone = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  get empty(): boolean {
    return this.#lines.length === 0;
  }

  /** Shows these lines in the place of those before. */
  show(lines: readonly string[]): void {
    const before = this.#lines;
    this.#gone = Math.max(this.#gone, before.length - ((this.#screen.rows ?? 24) - 1));
    let at = this.#gone;
    while (at < before.length && at < lines.length && before[at] === lines[at]) at++;
    if (at === before.length && at === lines.length) return;
    // The cursor has to end at the end of a line that stays.
    at = Math.max(this.#gone, Math.min(at, lines.length - 1));
    this.#lines = [...before.slice(0, this.#gone), ...lines.slice(this.#gone)];
    this.#screen.write(change(before, lines, at));
  }

  /** Shows these lines after the terminal has got another width, and has broken those before into rows of that width. */
  relay(lines: readonly string[]): void {
    const rows = this.#lines.flatMap((line) => rowsOf(line, this.#screen.columns ?? 80));
    const reach = Math.min(rows.length, (this.#screen.rows ?? 24) - 1);
    // What has left the screen at its top stays, and is not shown again.
    let left = lettersOf(rows.slice(0, rows.length - reach));
    const at = lines.findIndex((line) => (left -= lettersOf([line])) < 0);
    this.#gone = at === -1 ? 0 : at;
    this.#lines = lines;
    this.#screen.write(`${upTo(reach - 1)}\r\u001B[J${lines.slice(this.#gone).join("\n")}`);
  }

  /** Takes the lines away. */
  clear(): void {
    if (!this.empty) this.#screen.write(`${upTo(this.#lines.length - 1)}\r\u001B[J`);
    this.#lines = [];
    this.#gone = 0;
  }

  /** Leaves the lines where they are, and goes on below. */
  end(): void {
    if (!this.empty) this.#screen.write("\n");
    this.#lines = [];
    this.#gone = 0;
  }
}

/** What turns some lines into others, the cursor being at the end of the last one. @param at the first that differs */
function change(before: readonly string[], after: readonly string[], at: number): string {
  const last = before.length - 1;
  const more = after.slice(at);
  // The usual case: the last line has become longer, or lines have come behind it.
  if (at > last) return (before.length === 0 ? "" : "\n") + more.join("\n");
  const [first = ""] = more;
  const old = before[at] ?? "";
  if (at === last && first.startsWith(old) && !old.includes("\u001B"))
    return [first.slice(old.length), ...more.slice(1)].join("\n");
  const rest = more.map((line) => `${line}\u001B[K`).join("\n");
  const fewer = before.length > after.length ? "\u001B[J" : "";
  return `${TOGETHER[0]}${upTo(last - at)}\r${rest}${fewer}${TOGETHER[1]}`;
}

/** The rows that a line takes. Most terminals break what has become too long; the original xterm cuts it off. */
function rowsOf(line: string, columns: number): readonly string[] {
  const text = stripVTControlCharacters(line);
  if (process.env["XTERM_VERSION"] !== undefined) return [text];
  return chopSpan(span(text), columns).map((row) => row.map((part) => part.text).join(""));
}

/** Letters are what stays the same, however lines are broken. */
function lettersOf(lines: readonly string[]): number {
  return stripVTControlCharacters(lines.join("")).replace(/\s/g, "").length;
}

function upTo(lines: number): string {
  return lines > 0 ? `\u001B[${lines}A` : "";
}
