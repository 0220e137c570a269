/** A terminal that keeps what is written as lines: newlines, returns, and the sequences that mullama writes. */
export class VirtualTerminal {
  columns: number;
  readonly rows: number;
  /** Every write, as it came. */
  readonly writes: string[] = [];
  readonly #lines: string[] = [""];
  readonly #onResize = new Set<() => void>();
  #row = 0;
  #column = 0;

  constructor(columns: number, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  /** The text on it, without empty lines at the end. */
  get text(): string {
    return this.#lines.join("\n").trimEnd();
  }

  get lines(): readonly string[] {
    return this.text.split("\n");
  }

  /** Breaks lines that have become too long, as most terminals do, and tells of it. */
  resize(columns: number): void {
    const broken = this.#lines.map((line) => line.match(new RegExp(`.{1,${columns}}`, "gsu")) ?? [""]);
    this.#row = broken.slice(0, this.#row + 1).flat().length - 1;
    this.#column = broken[this.#row]?.length ?? Array.from(broken.flat()[this.#row] ?? "").length;
    this.#lines.splice(0, Infinity, ...broken.flat());
    this.columns = columns;
    for (const hear of this.#onResize) hear();
  }

  on(_event: "resize", hear: () => void): void {
    this.#onResize.add(hear);
  }

  off(_event: "resize", hear: () => void): void {
    this.#onResize.delete(hear);
  }

  write(text: string): void {
    this.writes.push(text);
    // oxlint-disable-next-line no-control-regex
    for (const [piece] of text.matchAll(/\u001B\[[?\d;]*[A-Za-z]|[^\u001B]|\u001B/gsu)) this.#take(piece);
  }

  #take(piece: string): void {
    // oxlint-disable-next-line no-control-regex
    const [, parameter = "", letter = ""] = /^\u001B\[([?\d;]*)([A-Za-z])$/.exec(piece) ?? [];
    const line = this.#lines[this.#row] ?? "";
    if (piece === "\n") {
      this.#row++;
      this.#column = 0;
      this.#lines[this.#row] ??= "";
    } else if (piece === "\r") this.#column = 0;
    else if (letter === "A") {
      // What has left the screen cannot be reached.
      const top = Math.max(0, this.#lines.length - this.rows);
      this.#row = Math.max(top, this.#row - Number(parameter || "1"));
    } else if (letter === "K") this.#lines[this.#row] = Array.from(line).slice(0, this.#column).join("");
    else if (letter === "J") {
      this.#lines[this.#row] = Array.from(line).slice(0, this.#column).join("");
      this.#lines.length = this.#row + 1;
    } else if (letter === "") {
      const characters = Array.from(line.padEnd(this.#column));
      characters[this.#column] = piece;
      this.#lines[this.#row] = characters.join("");
      this.#column++;
    }
  }
}
