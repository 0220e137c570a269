import { emitKeypressEvents, type Key } from "node:readline";

type Keypress = (text: string | undefined, key: Key) => void;

/**
 * The keys of a terminal, while nobody edits a line: Ctrl-C is told at once, and what else is typed is kept for the next
 * line. Also knows, at any time, whether a text is being pasted.
 */
export class KeyWatch implements Disposable {
  readonly #input: NodeJS.ReadStream;
  readonly #output: { write(text: string): unknown };
  #onInterrupt: (() => void) | undefined;
  #typed = "";
  #pasting = false;

  constructor(input: NodeJS.ReadStream, output: { write(text: string): unknown }) {
    this.#input = input;
    this.#output = output;
    emitKeypressEvents(input);
    input.on("keypress", this.#onKey);
    // Pasted text comes between marks, so that its newlines can be told from the user's.
    output.write("\u001B[?2004h");
  }

  get pasting(): boolean {
    return this.#pasting;
  }

  /** Begins to watch: until `rest` is called, keys are not for anyone else. */
  watch(onInterrupt: () => void): void {
    this.#onInterrupt = onInterrupt;
    this.#input.setRawMode(true);
    this.#input.resume();
  }

  /** Gives back what was typed, to be the first of what `rest` returns. */
  keep(typed: string): void {
    this.#typed = typed;
  }

  /** Stops watching. @returns what was typed meanwhile */
  rest(): string {
    this.#onInterrupt = undefined;
    const typed = this.#typed;
    this.#typed = "";
    return typed;
  }

  [Symbol.dispose](): void {
    this.#input.off("keypress", this.#onKey);
    this.#output.write("\u001B[?2004l");
    if (this.#input.isTTY) this.#input.setRawMode(false);
    this.#input.pause();
  }

  readonly #onKey: Keypress = (text, key) => {
    if (key.name === "paste-start") this.#pasting = true;
    if (key.name === "paste-end") this.#pasting = false;
    if (this.#onInterrupt === undefined) return;
    if (key.ctrl === true && key.name === "c") this.#onInterrupt();
    // oxlint-disable-next-line no-control-regex
    else if (key.ctrl !== true && key.meta !== true && text !== undefined && !/^[\u0000-\u001F\u007F]/.test(text))
      this.#typed += text;
    else if (key.name === "return" || key.name === "enter") this.#typed += "\n";
    else if (key.name === "backspace") this.#typed = Array.from(this.#typed).slice(0, -1).join("");
  };
}
