import { ggufValue } from "../../src/gguf/index.js";
import { makeVocab, SPECIAL_TOKENS, TINY_WORDS, TOKEN_TYPE, type TinyVocab } from "./tiny-vocab.js";

/** A WordPiece vocabulary as BERT's: specials, lower-case letters and digits that start or continue a word, a few words. */
export function tinyWordPieceVocab(): TinyVocab {
  const specials = Object.values(SPECIAL_TOKENS);
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789".split("");
  const punctuation = ".,;:!?'()-".split("");
  // llama.cpp marks the start of a word where BERT marks its continuation.
  const starts = [...new Set([...letters, ...punctuation, ...TINY_WORDS])].map((piece) => `\u2581${piece}`);
  const types = [
    TOKEN_TYPE.unknown,
    ...specials.slice(1).map(() => TOKEN_TYPE.control),
    ...[...starts, ...letters].map(() => TOKEN_TYPE.normal),
  ];
  return makeVocab("bert", [...specials, ...starts, ...letters], types, {
    "tokenizer.ggml.pre": ggufValue.string("default"),
    "tokenizer.ggml.token_type_count": ggufValue.uint32(2),
  });
}
