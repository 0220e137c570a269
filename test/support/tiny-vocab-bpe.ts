import { ggufValue } from "../../src/gguf/index.js";
import { makeVocab, SPECIAL_TOKENS, TINY_WORDS, TOKEN_TYPE, type TinyVocab } from "./tiny-vocab.js";

/** A byte-level BPE vocabulary as GPT-2's: specials, a character for each byte, and merges that make a few words. */
export function tinyBpeVocab({ addBos = true } = {}): TinyVocab {
  const specials = Object.values(SPECIAL_TOKENS);
  const alphabet = Array.from({ length: 256 }, (_, byte) => byteCharacter(byte));
  const space = byteCharacter(0x20);
  const merges = [...new Set(TINY_WORDS.flatMap((word) => mergesOf(space + word)))];
  const merged = merges.map((merge) => merge.replace(" ", ""));
  const types = [
    TOKEN_TYPE.unknown,
    ...specials.slice(1).map(() => TOKEN_TYPE.control),
    ...alphabet.map(() => TOKEN_TYPE.normal),
    ...merged.map(() => TOKEN_TYPE.normal),
  ];
  return makeVocab("gpt2", [...specials, ...alphabet, ...merged], types, {
    "tokenizer.ggml.pre": ggufValue.string("gpt-2"),
    "tokenizer.ggml.merges": ggufValue.array("string", merges),
    "tokenizer.ggml.add_bos_token": ggufValue.bool(addBos),
  });
}

/** GPT-2's character for a byte: printable Latin-1 stands for itself, the others for U+0100 and up, in order. */
function byteCharacter(byte: number): string {
  const printable = (value: number): boolean =>
    (value >= 33 && value <= 126) || (value >= 161 && value <= 255 && value !== 173);
  if (printable(byte)) return String.fromCharCode(byte);
  const before = Array.from({ length: byte }, (_, value) => value).filter((value) => !printable(value)).length;
  return String.fromCharCode(256 + before);
}

/** The merges that put a word together from left to right. */
function mergesOf(word: string): string[] {
  return Array.from({ length: word.length - 1 }, (_, i) => `${word.slice(0, i + 1)} ${word.charAt(i + 1)}`);
}
