import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";
import { metadataBoolean, metadataNumber, metadataNumbers, metadataString, metadataStrings } from "../metadata.js";
import { checkCharsmap } from "./check-charsmap.js";

const TOKENS = "tokenizer.ggml.tokens";
const TOKEN_TYPE_BYTE = 6;
const MAX_DUMMY_TOKENS = 1 << 24;

/** Token ids that llama.cpp assumes where a file names none, and whether it puts them around a text unasked. */
interface TokenizerDefaults {
  readonly bos: number | undefined;
  readonly eos: number | undefined;
  readonly addBos: boolean;
  readonly addEos: boolean;
}

const DEFAULTS: Readonly<Record<string, TokenizerDefaults>> = {
  llama: { bos: 1, eos: 2, addBos: true, addEos: false },
  // Whether to add BOS depends on the pre-tokenizer's name here, so without a valid id the file has to say no.
  gpt2: { bos: 11, eos: 11, addBos: true, addEos: false },
  hybriddna: { bos: 11, eos: 11, addBos: true, addEos: false },
  whitespace: { bos: 11, eos: 11, addBos: true, addEos: false },
  gemma4: { bos: undefined, eos: undefined, addBos: true, addEos: false },
  t5: { bos: undefined, eos: 1, addBos: false, addEos: true },
  plamo2: { bos: 1, eos: 2, addBos: true, addEos: false },
};

/** Refuses vocabularies that make llama.cpp abort, on loading or on the first text it tokenizes. */
export function checkVocabulary(header: GgufHeader, architecture: string): void {
  const model = metadataString(header.metadata, "tokenizer.ggml.model");
  if (model === undefined) return;
  if (model === "none" || model === "no_vocab") return checkDummyTokens(header, architecture);
  const tokens = metadataStrings(header.metadata, TOKENS);
  if (tokens === undefined) return;
  const distinct = checkDistinct(tokens);
  checkAddedTokens(header, model, tokens.length);
  if (model === "t5") checkCharsmap(header);
  if (model === "bert") checkWordPiece(header, tokens.length);
  if (model === "llama") checkByteTokens(distinct);
}

function checkDummyTokens(header: GgufHeader, architecture: string): void {
  const size = metadataNumber(header.metadata, `${architecture}.vocab_size`) ?? 0;
  if (size > MAX_DUMMY_TOKENS)
    throw new GgufError(`${architecture}.vocab_size is ${size}, more than ${MAX_DUMMY_TOKENS}`);
}

function checkDistinct(tokens: readonly string[]): ReadonlySet<string> {
  const distinct = new Set<string>();
  tokens.forEach((token, id) => {
    const text = token === "" ? `[EMPTY_${id}]` : token;
    if (distinct.has(text))
      throw new GgufError(`${TOKENS} has ${JSON.stringify(text)} twice, the second time as token ${id}`);
    distinct.add(text);
  });
  return distinct;
}

/** A token that llama.cpp adds around every text has to exist. */
function checkAddedTokens(header: GgufHeader, model: string, size: number): void {
  const defaults = DEFAULTS[model];
  if (defaults === undefined) return;
  for (const [name, fallback, unasked] of [
    ["bos", defaults.bos, defaults.addBos],
    ["eos", defaults.eos, defaults.addEos],
  ] as const) {
    const wanted =
      model === "gemma4" && name === "bos"
        ? true
        : (metadataBoolean(header.metadata, `tokenizer.ggml.add_${name}_token`) ?? unasked);
    if (wanted && !hasToken(header, name, fallback, size)) {
      throw new GgufError(
        `the vocabulary of ${size} tokens is to add a token around every text, but tokenizer.ggml.${name}_token_id names none`,
      );
    }
  }
}

function hasToken(header: GgufHeader, name: string, fallback: number | undefined, size: number): boolean {
  const id = metadataNumber(header.metadata, `tokenizer.ggml.${name}_token_id`);
  return (id !== undefined && id < size) || (fallback !== undefined && fallback < size);
}

function checkWordPiece(header: GgufHeader, size: number): void {
  for (const [name, fallback] of [
    ["bos", 101],
    ["seperator", 102],
  ] as const) {
    if (!hasToken(header, name, fallback, size)) {
      throw new GgufError(
        `a WordPiece vocabulary needs tokenizer.ggml.${name}_token_id to be one of its ${size} tokens`,
      );
    }
  }
  const id = metadataNumbers(header.metadata, "tokenizer.ggml.token_type").indexOf(TOKEN_TYPE_BYTE);
  if (id !== -1) throw new GgufError(`token ${id} is a byte, which a WordPiece vocabulary cannot have`);
}

/** A SentencePiece vocabulary spells what it has no token for in bytes, and llama.cpp cannot go on without one. */
function checkByteTokens(tokens: ReadonlySet<string>): void {
  for (let byte = 0; byte < 256; byte++) {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    const raw = byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte);
    if (!tokens.has(name) && !tokens.has(raw)) throw new GgufError(`${TOKENS} has no token for the byte ${name}`);
  }
}
