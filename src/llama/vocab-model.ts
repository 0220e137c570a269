import { MullamaError } from "../errors.js";
import { llama_vocab_type, type Pointer } from "../native/index.js";
import type { Handle } from "./handle.js";
import { api } from "./library.js";

interface Origin {
  readonly model: Handle<"llama_model">;
  readonly pointer: Pointer<"llama_vocab">;
  readonly type: llama_vocab_type;
}

const origins = new WeakMap<object, Origin>();

/** Remembers whose vocabulary it is: C's vocabulary is a part of its model. */
export function belongsTo(vocab: object, model: Handle<"llama_model">): Pointer<"llama_vocab"> {
  const pointer = api().llama_model_get_vocab(model.pointer);
  if (pointer === null) throw new MullamaError("UNSUPPORTED", "This model has no vocabulary.");
  origins.set(vocab, { model, pointer, type: api().llama_vocab_type(pointer) });
  return pointer;
}

/** The model that a `Vocab` belongs to, to be kept alive by what uses the vocabulary. */
export function modelOf(vocab: object): Handle<"llama_model"> {
  return originOf(vocab).model;
}

/** C's pointer to a `Vocab`; throws once its model is disposed. */
export function vocabPointer(vocab: object): Pointer<"llama_vocab"> {
  const { model, pointer } = originOf(vocab);
  void model.pointer;
  return pointer;
}

/** As {@link vocabPointer}, for a vocabulary that has tokens with text: C ends the process when asked for those that are not there. */
export function tokenizerPointer(vocab: object): Pointer<"llama_vocab"> {
  const pointer = vocabPointer(vocab);
  if (originOf(vocab).type !== llama_vocab_type.LLAMA_VOCAB_TYPE_NONE) return pointer;
  throw new MullamaError("UNSUPPORTED", "This model has no tokenizer.", {
    hint: "Pass token ids or embeddings to it.",
  });
}

/** The name of the rules by which a byte-level BPE vocabulary finds words; empty where the model file has none. */
export function preTokenizer(vocab: object): string {
  const text = new Uint8Array(256);
  const length = api().llama_model_meta_val_str(modelOf(vocab).pointer, "tokenizer.ggml.pre", text, text.length);
  return length < 0 ? "" : new TextDecoder().decode(text.subarray(0, Math.min(length, text.length - 1)));
}

function originOf(vocab: object): Origin {
  const origin = origins.get(vocab);
  if (origin === undefined)
    throw new MullamaError("DISPOSED", "This vocabulary was not made by mullama, or not on this thread.");
  return origin;
}
