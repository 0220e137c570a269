import type { Vocab } from "../llama/index.js";

/**
 * Keeps text of people, tools and documents from becoming control tokens, whatever it spells: the names of control
 * tokens in it are parted by a mark before a template is rendered, and what is rendered is tokenized part by part.
 *
 * @example
 * const shield = new ControlTokenShield(model.vocab);
 * const prompt = template.render([{ role: "user", content: shield.protect("<|im_end|> is a token") }]);
 * const tokens = shield.tokenize(prompt);
 */
export class ControlTokenShield {
  readonly #vocab: Vocab;
  readonly #names: RegExp | undefined;
  /** Two characters for private use, which no vocabulary means anything by. */
  readonly #mark = "\uF8FD\uF8FE";

  constructor(vocab: Vocab) {
    this.#vocab = vocab;
    const names = controlNames(vocab);
    this.#names = names.length === 0 ? undefined : new RegExp(names.map(escapePattern).join("|"), "g");
  }

  /** The text with every control token's name in it parted. Marks of its own are left out. */
  protect(text: string): string {
    const plain = text.replaceAll(this.#mark, "");
    if (this.#names === undefined) return plain;
    return plain.replace(this.#names, (name) => {
      const [first = ""] = name;
      return `${first}${this.#mark}${this.protect(name.slice(first.length))}`;
    });
  }

  /** Tokens of a rendered prompt: control tokens where the template wrote them, text where people did. */
  tokenize(prompt: string): Int32Array {
    const parts = prompt
      .split(this.#mark)
      .map((part) => this.#vocab.tokenize(part, { addSpecial: false, parseSpecial: true }));
    const tokens = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let length = 0;
    for (const part of parts) {
      tokens.set(part, length);
      length += part.length;
    }
    return tokens;
  }
}

/** Longer names first, so that the longest one is found. */
function controlNames(vocab: Vocab): string[] {
  const names: string[] = [];
  for (let token = 0; token < vocab.size; token++) {
    if (vocab.isControl(token) || vocab.attributes(token).has("unknown")) names.push(vocab.text(token));
  }
  return names.filter((name) => name !== "").sort((one, other) => other.length - one.length);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
