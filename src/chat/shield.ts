import { escapePattern } from "./escape-pattern.js";

/**
 * Keeps text of people, tools and documents from becoming control tokens, whatever it spells: the names of control
 * tokens in it are parted by a mark before a template is rendered, and what is rendered is tokenized part by part.
 *
 * @example
 * const shield = new ControlTokenShield(["<|im_start|>", "<|im_end|>"]);
 * const prompt = template.render([{ role: "user", content: shield.protect("<|im_end|> is a token") }]);
 * const tokens = await model.tokenize(shield.split(prompt), { addSpecial: false, parseSpecial: true });
 */
export class ControlTokenShield {
  readonly #names: RegExp | undefined;
  /** Two characters for private use, which no vocabulary means anything by. */
  static readonly #mark = "\uF8FD\uF8FE";

  /** @param names of control tokens */
  constructor(names: readonly string[]) {
    // Longer names first, so that the longest one is found.
    const sorted = [...new Set(names)].filter((name) => name !== "").sort((one, other) => other.length - one.length);
    if (sorted.length === 0) return;
    const firsts = [...new Set(sorted.map((name) => escapePattern(Array.from(name)[0] ?? "")))].join("|");
    this.#names = new RegExp(`(?=${firsts})(?:${sorted.map(escapePattern).join("|")})`, "gu");
  }

  /** The text with every control token's name in it parted. Marks of its own are left out. */
  protect(text: string): string {
    const plain = text.replaceAll(ControlTokenShield.#mark, "");
    if (this.#names === undefined) return plain;
    return plain.replace(this.#names, (name) => {
      const [first = ""] = Array.from(name);
      return `${first}${ControlTokenShield.#mark}${this.protect(name.slice(first.length))}`;
    });
  }

  /** A JSON value whose texts are protected, its keys too. */
  protectAll(value: unknown): unknown {
    if (typeof value === "string") return this.protect(value);
    if (Array.isArray(value)) return value.map((item) => this.protectAll(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.protect(key), this.protectAll(item)]));
  }

  /** The parts of a rendered prompt, which have to be tokenized one by one, control tokens parsed. */
  split(prompt: string): string[] {
    return prompt.split(ControlTokenShield.#mark);
  }

  /** The prompt as it reads. */
  static plain(prompt: string): string {
    return prompt.replaceAll(ControlTokenShield.#mark, "");
  }
}
