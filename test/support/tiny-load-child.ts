/** A child process of `load-fuzz.test.ts`: loads damaged models and uses them. Arguments: model, first seed, last seed, progress file. */
import { readFileSync, writeFileSync } from "node:fs";
import { GgufError, validateModelFile } from "../../src/gguf/index.js";
import { llama_vocab_type, openLibrary, type Pointer } from "../../src/native/index.js";
import { damaged } from "./tiny-damage.js";

const [model = "", first = "0", last = "0", progress = ""] = process.argv.slice(2);
const { functions: c } = openLibrary();
const bytes = readFileSync(model);
const path = `${progress}.gguf`;
const counts = { refused: 0, notLoaded: 0, used: 0 };

for (let seed = Number(first); seed <= Number(last); seed++) {
  writeFileSync(progress, String(seed));
  writeFileSync(path, damaged(bytes, seed));
  counts[attempt()]++;
}
process.stdout.write(JSON.stringify(counts));

function attempt(): keyof typeof counts {
  try {
    validateModelFile(path);
  } catch (error) {
    if (error instanceof GgufError) return "refused";
    throw error;
  }
  const handle = c.llama_model_load_from_file(path, c.llama_model_default_params());
  if (handle === null) return "notLoaded";
  use(handle);
  c.llama_model_free(handle);
  return "used";
}

function use(handle: Pointer<"llama_model">): void {
  const vocab = c.llama_model_get_vocab(handle);
  if (vocab === null || c.llama_vocab_type(vocab) === llama_vocab_type.LLAMA_VOCAB_TYPE_NONE) return;
  const text = Buffer.from("hello world \u{1f999} <|im_end|>\n");
  const tokens = new Int32Array(256);
  const count = c.llama_tokenize(vocab, text, text.byteLength, tokens, tokens.length, true, true);
  const size = c.llama_vocab_n_tokens(vocab);
  if (count <= 0 || tokens.subarray(0, count).some((token) => token < 0 || token >= size)) return;
  const params = {
    ...c.llama_context_default_params(),
    n_ctx: 64,
    n_batch: 64,
    n_ubatch: 64,
    n_threads: 1,
    n_threads_batch: 1,
  };
  const context = c.llama_init_from_model(handle, params);
  if (context === null) return;
  const batch = c.llama_batch_get_one(tokens, Math.min(count, 16));
  if (c.llama_model_has_encoder(handle)) c.llama_encode(context, batch);
  else c.llama_decode(context, batch);
  c.llama_free(context);
}
