import { ggufValue, type GgufValue } from "../../src/gguf/index.js";

/** A vocabulary as model files hold it. */
export interface TinyVocab {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  /** Number of tokens. */
  readonly size: number;
  /** Ids of the special tokens, by what they are for. */
  readonly special: Readonly<Record<SpecialName, number>>;
  /** The tokens that the model asks samplers never to choose. */
  readonly suppressed: readonly number[];
}

/** Token types of `enum llama_token_type`. */
export const TOKEN_TYPE = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

/** The special tokens that every tiny vocabulary has, in the order of their ids, from 0. */
export const SPECIAL_TOKENS = {
  unk: "<unk>",
  bos: "<s>",
  eos: "</s>",
  pad: "<pad>",
  sep: "<sep>",
  mask: "<mask>",
  eot: "<|im_end|>",
  imStart: "<|im_start|>",
  eom: "<|eom|>",
  fimPre: "<|fim_prefix|>",
  fimSuf: "<|fim_suffix|>",
  fimMid: "<|fim_middle|>",
  fimPad: "<|fim_pad|>",
  fimRep: "<|repo_name|>",
  fimSep: "<|file_sep|>",
} as const;

export type SpecialName = keyof typeof SPECIAL_TOKENS;

const KEYS: Partial<Record<SpecialName, string>> = {
  unk: "unknown",
  bos: "bos",
  eos: "eos",
  pad: "padding",
  sep: "seperator",
  mask: "mask",
  eot: "eot",
  eom: "eom",
  fimPre: "fim_pre",
  fimSuf: "fim_suf",
  fimMid: "fim_mid",
  fimPad: "fim_pad",
  fimRep: "fim_rep",
  fimSep: "fim_sep",
};

/** Words that get a token of their own, and one for each of their beginnings. */
export const TINY_WORDS = [
  "the",
  "and",
  "of",
  "to",
  "in",
  "is",
  "that",
  "for",
  "was",
  "with",
  "hello",
  "world",
  "once",
  "upon",
  "time",
  "user",
  "system",
] as const;

/** ChatML, the chat format that llama.cpp knows without Jinja. */
const TINY_CHAT_TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** Puts a vocabulary together; `tokens` start with {@link SPECIAL_TOKENS}. */
export function makeVocab(
  model: string,
  tokens: readonly string[],
  types: readonly number[],
  extra: Readonly<Record<string, GgufValue>>,
): TinyVocab {
  const names = Object.keys(SPECIAL_TOKENS) as SpecialName[];
  const special = Object.fromEntries(names.map((name, id) => [name, id])) as Record<SpecialName, number>;
  const ids = names.flatMap((name) => {
    const key = KEYS[name];
    return key === undefined ? [] : [[`tokenizer.ggml.${key}_token_id`, ggufValue.uint32(special[name])] as const];
  });
  const suppressed = [special.pad, special.mask];
  return {
    size: tokens.length,
    special,
    suppressed,
    metadata: {
      "tokenizer.ggml.model": ggufValue.string(model),
      "tokenizer.ggml.tokens": ggufValue.array("string", tokens),
      "tokenizer.ggml.token_type": ggufValue.array("int32", Int32Array.from(types)),
      ...extra,
      ...Object.fromEntries(ids),
      "tokenizer.ggml.suppress_tokens": ggufValue.array("int32", Int32Array.from(suppressed)),
      "tokenizer.chat_template": ggufValue.string(TINY_CHAT_TEMPLATE),
      "tokenizer.chat_template.plain": ggufValue.string(
        "{% for message in messages %}{{ message['content'] }}{% endfor %}",
      ),
    },
  };
}
