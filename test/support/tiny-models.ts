/** Tiny random models for tests, each built in milliseconds and the same on every machine. */
export { tinyBert, tinyReranker, type TinyBertOptions } from "./tiny-bert.js";
export { tinyControlVector, type TinyControlVector } from "./tiny-control-vector.js";
export { tinyDirectory } from "./tiny-directory.js";
export { tinyGemma, type TinyGemmaOptions } from "./tiny-gemma.js";
export { tinyHybrid, type TinyHybridOptions } from "./tiny-hybrid.js";
export { buildTinyLlama, tinyDiffusion, tinyLlama, type TinyLlamaOptions } from "./tiny-llama.js";
export { tinyForeignLora, tinyLora, type TinyLoraOptions } from "./tiny-lora.js";
export { tinyMamba } from "./tiny-mamba.js";
export type { TinyModel } from "./tiny-model.js";
export { tinySplits } from "./tiny-splits.js";
export { tinyT5 } from "./tiny-t5.js";
export type { TinyVocab } from "./tiny-vocab.js";
