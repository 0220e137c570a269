/** What was typed, put together: a command, or something to say. */
export type Message =
  | { readonly kind: "command"; readonly text: string }
  | { readonly kind: "say"; readonly text: string };

const QUOTES = '"""';

/** Puts the lines of a message together: those between `"""`, those that end in a backslash, those that were pasted. */
export class MessageLines {
  #lines: string[] = [];
  #quoted = false;

  get empty(): boolean {
    return this.#lines.length === 0 && !this.#quoted;
  }

  clear(): void {
    this.#lines = [];
    this.#quoted = false;
  }

  /**
   * @param pasted whether more was pasted behind the line
   * @returns the message, where it is whole now
   */
  add(line: string, pasted: boolean): Message | undefined {
    let text = line;
    if (this.empty && text.trimStart().startsWith(QUOTES)) {
      this.#quoted = true;
      text = text.trimStart().slice(QUOTES.length);
      if (text === "") return undefined;
    }
    if (this.#quoted) {
      const ends = text.trimEnd().endsWith(QUOTES);
      this.#lines.push(ends ? text.trimEnd().slice(0, -QUOTES.length) : text);
      return ends ? this.#whole("say") : undefined;
    }
    const goesOn = text.endsWith("\\");
    this.#lines.push(goesOn ? text.slice(0, -1) : text);
    if (goesOn || pasted) return undefined;
    return this.#whole(this.#lines.length === 1 && /^\s*\/[a-z?][^\n]*$/i.test(text) ? "command" : "say");
  }

  #whole(kind: Message["kind"]): Message {
    const text = this.#lines.join("\n").trim();
    this.clear();
    return { kind, text };
  }
}
