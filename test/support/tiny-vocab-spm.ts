import { ggufValue } from "../../src/gguf/index.js";
import { makeVocab, SPECIAL_TOKENS, TINY_WORDS, TOKEN_TYPE, type TinyVocab } from "./tiny-vocab.js";

const SPACE = "\u2581";

/** A SentencePiece vocabulary: specials, a token a byte, printable ASCII, and the beginnings of a few words. */
export function tinySpmVocab({ addBos = true, addSpacePrefix = true } = {}): TinyVocab {
  const specials = Object.values(SPECIAL_TOKENS);
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const characters = [SPACE, ...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))];
  const words = TINY_WORDS.flatMap((word) => beginnings(SPACE + word));
  const pieces = [...new Set([...characters, ...words])];
  const types = [
    TOKEN_TYPE.unknown,
    ...specials.slice(1).map(() => TOKEN_TYPE.control),
    ...bytes.map(() => TOKEN_TYPE.byte),
    ...pieces.map(() => TOKEN_TYPE.normal),
  ];
  const silent = specials.length + bytes.length;
  const scores = Float32Array.from(types, (_, id) => (id < silent ? 0 : silent - id - 1));
  return makeVocab("llama", [...specials, ...bytes, ...pieces], types, {
    "tokenizer.ggml.scores": ggufValue.array("float32", scores),
    "tokenizer.ggml.add_bos_token": ggufValue.bool(addBos),
    "tokenizer.ggml.add_eos_token": ggufValue.bool(false),
    "tokenizer.ggml.add_space_prefix": ggufValue.bool(addSpacePrefix),
  });
}

/** `"▁the"` gives `"▁t"`, `"▁th"`, `"▁the"`: each reachable from the one before by adding a character. */
function beginnings(word: string): string[] {
  return Array.from({ length: word.length - 1 }, (_, i) => word.slice(0, i + 2));
}
