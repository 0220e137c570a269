/** Tiny random models for tests, each built in milliseconds and the same on every machine. */
export { tinyDirectory } from "./tiny-directory.js";
export { buildTinyLlama, tinyLlama, type TinyLlamaOptions, type TinyModel } from "./tiny-llama.js";
export type { TinyVocab } from "./tiny-vocab.js";
