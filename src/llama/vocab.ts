import { ArgumentError, MullamaError } from "../errors.js";
import { viewBytes } from "../native/index.js";
import { checkBoolean, checkInteger, checkOptions, checkTokens } from "./check.js";
import type { Handle } from "./handle.js";
import { api } from "./library.js";
import { type TokenAttribute, tokenAttributes } from "./token-attribute.js";
import { decodeText, detokenizeBytes, joinTokens, tokenizeText, tokenPiece } from "./tokenize.js";
import { cutRuns, recursesOnRuns } from "./tokenize-runs.js";
import { checkExpressible, findByteTokens } from "./vocab-bytes.js";
import { belongsTo, preTokenizer, tokenizerPointer, vocabPointer } from "./vocab-model.js";
import { type VocabType, vocabType } from "./vocab-type.js";

export interface TokenizeOptions {
  /** Add the tokens that the model wants at the beginning and the end ({@link Vocab.addBos} and its like). Default true. */
  readonly addSpecial?: boolean;
  /**
   * Read the names of control tokens, such as `<|im_start|>`, as these tokens. Default false: what stands in a text stays
   * text, so a user's words can never become a control token. Only set it for text of your own, such as a chat template.
   */
  readonly parseSpecial?: boolean;
}

export interface DetokenizeOptions {
  /** Leave out the BOS at the start and the EOS at the end, if the model adds them. Default false. */
  readonly removeSpecial?: boolean;
  /** Write control tokens by their names; otherwise they are left out. Default false. */
  readonly renderSpecial?: boolean;
}

/** The tokens for filling in the middle; undefined where the model has none. */
export interface FimTokens {
  readonly pre: number | undefined;
  readonly suf: number | undefined;
  readonly mid: number | undefined;
  readonly pad: number | undefined;
  readonly rep: number | undefined;
  readonly sep: number | undefined;
}

/**
 * A model's vocabulary: text to tokens and back, and what each token is. It is a part of its model, and can be used until
 * the model is disposed.
 *
 * @example
 * const tokens = model.vocab.tokenize("Hello, world");
 * console.log(model.vocab.detokenize(tokens, { removeSpecial: true })); // Hello, world
 */
export class Vocab {
  readonly #size: number;
  readonly #type: VocabType;
  readonly #recurses: boolean;
  #hasSpecial: boolean | undefined;
  #bytes: ReturnType<typeof findByteTokens> | undefined;

  /** @internal Use `model.vocab`. */
  constructor(model: Handle<"llama_model">) {
    const pointer = belongsTo(this, model);
    this.#size = api().llama_vocab_n_tokens(pointer);
    this.#type = vocabType(api().llama_vocab_type(pointer));
    this.#recurses = this.#type === "bpe" && recursesOnRuns(preTokenizer(this));
  }

  /** The number of tokens (`llama_vocab_n_tokens`). Ids run from 0 to one less. */
  get size(): number {
    return this.#size;
  }

  /** How text becomes tokens (`llama_vocab_type`). */
  get type(): VocabType {
    return this.#type;
  }

  /**
   * Turns text into tokens (`llama_tokenize`). Half a surrogate pair becomes U+FFFD; zero characters are kept. Some
   * vocabularies take runs of more than 8,000 characters without a space in parts.
   *
   * @throws {MullamaError} `TOKENIZE_FAILED` where the vocabulary cannot express the text; `UNSUPPORTED` where the model has no tokenizer.
   * @example
   * vocab.tokenize("<|im_end|>").length; // several tokens, of text
   * vocab.tokenize("<|im_end|>", { addSpecial: false, parseSpecial: true }).length; // 1, the control token
   */
  tokenize(text: string, options: TokenizeOptions = {}): Int32Array {
    if (typeof text !== "string") throw new ArgumentError("text", "a string", text);
    checkOptions("options", options, ["addSpecial", "parseSpecial"]);
    const { addSpecial = true, parseSpecial = false } = options;
    checkBoolean("options.addSpecial", addSpecial);
    checkBoolean("options.parseSpecial", parseSpecial);
    const pointer = tokenizerPointer(this);
    if (addSpecial) this.#checkSpecial();
    if (this.#type === "spm")
      checkExpressible(text, (this.#bytes ??= findByteTokens(this.#size, (token) => this.text(token))));
    const parts = this.#recurses ? cutRuns(text) : [text];
    if (parts.length === 1) return tokenizeText(pointer, text, addSpecial, parseSpecial);
    return joinTokens(
      parts.map((part) => tokenizeText(pointer, part, false, parseSpecial)),
      addSpecial ? this.tokenize("") : undefined,
      this.addBos,
    );
  }

  /**
   * Turns tokens into text (`llama_detokenize`). Bytes that are no UTF-8, such as half a character, become U+FFFD; for
   * tokens that come one at a time use a `Detokenizer`. Where the model file asks for it, as most with byte-level BPE do,
   * llama.cpp leaves out spaces before `. , ! ?` and some apostrophes; a `Detokenizer` keeps them.
   */
  detokenize(tokens: Int32Array | readonly number[], options: DetokenizeOptions = {}): string {
    checkOptions("options", options, ["removeSpecial", "renderSpecial"]);
    const { removeSpecial = false, renderSpecial = false } = options;
    checkBoolean("options.removeSpecial", removeSpecial);
    checkBoolean("options.renderSpecial", renderSpecial);
    const pointer = tokenizerPointer(this);
    let ids = checkTokens("tokens", tokens, this.#size);
    // C would take the space after a BOS for a part of the text, which `tokenize` had put there.
    if (removeSpecial && ids.length > 0 && ids[0] === this.bos && this.addBos) ids = ids.subarray(1);
    return ids.length === 0 ? "" : decodeText(detokenizeBytes(pointer, ids, removeSpecial, renderSpecial));
  }

  /**
   * The bytes that a token stands for (`llama_token_to_piece`): a whole word, or a part of a character.
   *
   * @param options.leftStrip leave out up to so many spaces at the start; default 0
   * @param options.renderSpecial give a control token's name instead of nothing; default false
   */
  piece(token: number, options: { readonly leftStrip?: number; readonly renderSpecial?: boolean } = {}): Uint8Array {
    checkOptions("options", options, ["leftStrip", "renderSpecial"]);
    const { leftStrip = 0, renderSpecial = false } = options;
    checkInteger("options.leftStrip", leftStrip, 0, 2 ** 31 - 1);
    checkBoolean("options.renderSpecial", renderSpecial);
    return tokenPiece(tokenizerPointer(this), this.#check(token), leftStrip, renderSpecial).slice();
  }

  /** A token as the model file spells it (`llama_vocab_get_text`), for instance `▁the` or `<0x0A>`. */
  text(token: number): string {
    return api().llama_vocab_get_text(tokenizerPointer(this), this.#check(token)) ?? "";
  }

  /** A token's score in the model file (`llama_vocab_get_score`): a log probability, or a rank. */
  score(token: number): number {
    return api().llama_vocab_get_score(tokenizerPointer(this), this.#check(token));
  }

  /** What the model file says about a token (`llama_vocab_get_attr`). */
  attributes(token: number): ReadonlySet<TokenAttribute> {
    return tokenAttributes(api().llama_vocab_get_attr(tokenizerPointer(this), this.#check(token)));
  }

  /** Whether a token is one that no text becomes unless asked for (`llama_vocab_is_control`). */
  isControl(token: number): boolean {
    return api().llama_vocab_is_control(tokenizerPointer(this), this.#check(token));
  }

  /** Whether a token ends generation: EOS, EOT and their like (`llama_vocab_is_eog`). */
  isEog(token: number): boolean {
    return api().llama_vocab_is_eog(vocabPointer(this), this.#check(token));
  }

  /** Beginning of sequence, also BERT's `[CLS]` (`llama_vocab_bos`). */
  get bos(): number | undefined {
    return this.#special("llama_vocab_bos");
  }

  /** End of sequence (`llama_vocab_eos`). */
  get eos(): number | undefined {
    return this.#special("llama_vocab_eos");
  }

  /** End of a turn (`llama_vocab_eot`). */
  get eot(): number | undefined {
    return this.#special("llama_vocab_eot");
  }

  /** Separator of sentences (`llama_vocab_sep`). */
  get sep(): number | undefined {
    return this.#special("llama_vocab_sep");
  }

  /** Line feed (`llama_vocab_nl`). */
  get nl(): number | undefined {
    return this.#special("llama_vocab_nl");
  }

  /** Padding (`llama_vocab_pad`). */
  get pad(): number | undefined {
    return this.#special("llama_vocab_pad");
  }

  /** What a masked or diffusion model fills in (`llama_vocab_mask`). */
  get mask(): number | undefined {
    return this.#special("llama_vocab_mask");
  }

  /** Tokens for filling in the middle (`llama_vocab_fim_pre`, `_suf`, `_mid`, `_pad`, `_rep`, `_sep`). */
  get fim(): FimTokens {
    return {
      pre: this.#special("llama_vocab_fim_pre"),
      suf: this.#special("llama_vocab_fim_suf"),
      mid: this.#special("llama_vocab_fim_mid"),
      pad: this.#special("llama_vocab_fim_pad"),
      rep: this.#special("llama_vocab_fim_rep"),
      sep: this.#special("llama_vocab_fim_sep"),
    };
  }

  /** Whether `tokenize` puts a BOS at the start (`llama_vocab_get_add_bos`). */
  get addBos(): boolean {
    return api().llama_vocab_get_add_bos(vocabPointer(this));
  }

  /** Whether `tokenize` puts an EOS at the end (`llama_vocab_get_add_eos`). */
  get addEos(): boolean {
    return api().llama_vocab_get_add_eos(vocabPointer(this));
  }

  /** Whether a separator belongs between two texts (`llama_vocab_get_add_sep`). */
  get addSep(): boolean {
    return api().llama_vocab_get_add_sep(vocabPointer(this));
  }

  /** The tokens that the model asks never to choose (`llama_vocab_get_suppress_tokens`). */
  get suppressed(): Int32Array {
    const count = new Int32Array(1);
    const pointer = api().llama_vocab_get_suppress_tokens(vocabPointer(this), count);
    const length = count[0] ?? 0;
    if (pointer === null || length === 0) return new Int32Array(0);
    return new Int32Array(viewBytes(pointer, length * 4).slice().buffer);
  }

  #check(token: number): number {
    return checkInteger("token", token, 0, this.#size - 1);
  }

  /** C ends the process when it is to add a token that the vocabulary lacks. */
  #checkSpecial(): void {
    this.#hasSpecial ??= this.#findSpecial();
    if (this.#hasSpecial) return;
    throw new MullamaError("TOKENIZE_FAILED", "The model asks for a BOS, EOS or separator that its vocabulary lacks.", {
      hint: "Pass addSpecial: false.",
    });
  }

  #findSpecial(): boolean {
    const wordPiece = this.#type === "wpm";
    if ((wordPiece || this.addBos) && this.bos === undefined) return false;
    return wordPiece ? this.sep !== undefined : !this.addEos || this.eos !== undefined;
  }

  #special(name: SpecialFunction): number | undefined {
    const token = api()[name](vocabPointer(this));
    return token === -1 ? undefined : token;
  }
}

type SpecialFunction =
  | "llama_vocab_bos"
  | "llama_vocab_eos"
  | "llama_vocab_eot"
  | "llama_vocab_sep"
  | "llama_vocab_nl"
  | "llama_vocab_pad"
  | "llama_vocab_mask"
  | "llama_vocab_fim_pre"
  | "llama_vocab_fim_suf"
  | "llama_vocab_fim_mid"
  | "llama_vocab_fim_pad"
  | "llama_vocab_fim_rep"
  | "llama_vocab_fim_sep";
