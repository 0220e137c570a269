import { Handle } from "../../src/llama/handle.js";
import { Vocab } from "../../src/llama/vocab.js";
import { openLibrary } from "../../src/native/index.js";

/** The vocabulary of a model file, without its weights. */
export function loadVocabulary(path: string): { readonly vocab: Vocab; readonly model: Handle<"llama_model"> } {
  const { functions } = openLibrary();
  const pointer = functions.llama_model_load_from_file(path, {
    ...functions.llama_model_default_params(),
    vocab_only: true,
  });
  if (pointer === null) throw new TypeError(`cannot load ${path}`);
  const model = new Handle("model", pointer, { free: "llama_model_free" });
  return { vocab: new Vocab(model), model };
}
