import { llama_vocab_type } from "../native/index.js";

/**
 * How a vocabulary makes tokens: byte-level BPE (`"bpe"`), SentencePiece (`"spm"`), WordPiece (`"wpm"`), unigram (`"ugm"`),
 * a greedy trie (`"rwkv"`), Aho-Corasick with dynamic programming (`"plamo2"`), hashes for tests, or not at all (`"none"`).
 */
export type VocabType = "none" | "spm" | "bpe" | "wpm" | "ugm" | "rwkv" | "plamo2" | "test";

const names: Readonly<Record<llama_vocab_type, VocabType>> = {
  [llama_vocab_type.LLAMA_VOCAB_TYPE_NONE]: "none",
  [llama_vocab_type.LLAMA_VOCAB_TYPE_SPM]: "spm",
  [llama_vocab_type.LLAMA_VOCAB_TYPE_BPE]: "bpe",
  [llama_vocab_type.LLAMA_VOCAB_TYPE_WPM]: "wpm",
  [llama_vocab_type.LLAMA_VOCAB_TYPE_UGM]: "ugm",
  [llama_vocab_type.LLAMA_VOCAB_TYPE_RWKV]: "rwkv",
  [llama_vocab_type.LLAMA_VOCAB_TYPE_PLAMO2]: "plamo2",
  [llama_vocab_type.LLAMA_VOCAB_TYPE_TEST]: "test",
};

export function vocabType(value: llama_vocab_type): VocabType {
  return names[value];
}
