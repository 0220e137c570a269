import { MullamaError } from "../errors.js";
import { llama_vocab_type, type Pointer } from "../native/index.js";
import type { Handle } from "./handle.js";
import { api } from "./library.js";

const models = new WeakMap<object, Handle<"llama_model">>();

/** Remembers whose vocabulary it is: C's vocabulary is a part of its model. */
export function belongsTo(vocab: object, model: Handle<"llama_model">): void {
  models.set(vocab, model);
}

/** The model that a `Vocab` belongs to, to be kept alive by what uses the vocabulary. */
export function modelOf(vocab: object): Handle<"llama_model"> {
  const model = models.get(vocab);
  if (model === undefined) throw new MullamaError("DISPOSED", "This vocabulary was not made by mullama, or not on this thread.");
  return model;
}

/** C's pointer to a `Vocab`; throws once its model is disposed. */
export function vocabPointer(vocab: object): Pointer<"llama_vocab"> {
  const pointer = api().llama_model_get_vocab(modelOf(vocab).pointer);
  if (pointer === null) throw new MullamaError("UNSUPPORTED", "This model has no vocabulary.");
  return pointer;
}

/** As {@link vocabPointer}, for a vocabulary that has tokens with text: C ends the process when asked for those that are not there. */
export function tokenizerPointer(vocab: object): Pointer<"llama_vocab"> {
  const pointer = vocabPointer(vocab);
  if (api().llama_vocab_type(pointer) !== llama_vocab_type.LLAMA_VOCAB_TYPE_NONE) return pointer;
  throw new MullamaError("UNSUPPORTED", "This model has no tokenizer.", { hint: "Pass token ids or embeddings to it." });
}

/** The name of the rules by which a byte-level BPE vocabulary finds words; empty where the model file has none. */
export function preTokenizer(vocab: object): string {
  const text = new Uint8Array(256);
  const length = api().llama_model_meta_val_str(modelOf(vocab).pointer, "tokenizer.ggml.pre", text, text.length);
  return length < 0 ? "" : new TextDecoder().decode(text.subarray(0, Math.min(length, text.length - 1)));
}
