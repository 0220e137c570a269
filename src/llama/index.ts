/**
 * The safe objects: one for each of C's, where no mistake can corrupt memory.
 *
 * @module
 */
export { type DetokenizeOptions, type FimTokens, type TokenizeOptions, Vocab } from "./vocab.js";
export type { TokenAttribute } from "./token-attribute.js";
export type { VocabType } from "./vocab-type.js";
export { Candidates } from "./candidates.js";
export { Detokenizer, type DetokenizerOptions } from "./detokenizer.js";
export { Model } from "./model.js";
