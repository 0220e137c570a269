import { ggufValue } from "../../src/gguf/index.js";
import { tinySpmVocab } from "./tiny-vocab-spm.js";
import type { TinyVocab } from "./tiny-vocab.js";

/** The SentencePiece vocabulary in the form that T5 has: a unigram model, closed by `</s>`. */
export function tinyUnigramVocab(): TinyVocab {
  const vocab = tinySpmVocab({ addBos: false });
  const metadata = {
    ...vocab.metadata,
    "tokenizer.ggml.model": ggufValue.string("t5"),
    "tokenizer.ggml.pre": ggufValue.string("default"),
    "tokenizer.ggml.add_eos_token": ggufValue.bool(true),
  };
  return { ...vocab, metadata };
}
