import type { Vocab } from "../llama/index.js";
import { definedOf } from "./defined-of.js";

/** What a vocabulary has beside words. */
export interface SpecialTokens {
  /** The token that begins a sequence, and its name. */
  readonly bos: { readonly token: number; readonly text: string } | undefined;
  readonly eos: { readonly token: number; readonly text: string } | undefined;
  /** Whether the model wants its prompts to begin with `bos`. */
  readonly addBos: boolean;
  /** Names of all control tokens. */
  readonly control: readonly string[];
  /** Texts that are one token each because the model's makers said so, such as `<tool_call>`. */
  readonly userDefined: readonly string[];
  /** Names of the tokens that end an answer. */
  readonly ends: readonly string[];
  /** Tokens for filling in the middle; undefined where the model has none. */
  readonly infill: InfillTokens | undefined;
}

/** Tokens for filling in the middle. */
export interface InfillTokens {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
  /** Before a repository's name, where the model knows of any. */
  readonly repository?: number;
  /** Before a file's name, where the model knows of any. */
  readonly separator?: number;
}

export function specialTokens(vocab: Vocab): SpecialTokens {
  const control: string[] = [];
  const userDefined: string[] = [];
  const ends: string[] = [];
  for (let token = 0; token < vocab.size; token++) {
    const attributes = vocab.attributes(token);
    const end = vocab.isEog(token);
    if (!end && !attributes.has("control") && !attributes.has("unknown") && !attributes.has("userDefined")) continue;
    const text = vocab.text(token);
    if (text === "") continue;
    if (end) ends.push(text);
    if (attributes.has("control") || attributes.has("unknown")) control.push(text);
    else if (attributes.has("userDefined")) userDefined.push(text);
  }
  const named = (token: number | undefined): { token: number; text: string } | undefined =>
    token === undefined ? undefined : { token, text: vocab.text(token) };
  const { pre: prefix, suf: suffix, mid: middle, rep: repository, sep: separator } = vocab.fim;
  return {
    bos: named(vocab.bos),
    eos: named(vocab.eos),
    addBos: vocab.addBos,
    control,
    userDefined,
    ends,
    infill:
      prefix === undefined || suffix === undefined || middle === undefined
        ? undefined
        : { prefix, suffix, middle, ...definedOf({ repository, separator }) },
  };
}
