/** What of a model decides how a context may be used, read from its metadata where llama.h has no function for it. */
import { llama_pooling_type, llama_rope_type, type Pointer } from "../native/index.js";
import { api } from "./library.js";
import { metadataValue } from "./model-metadata.js";

/** Those whose positions are rows of a tensor; C asserts that a position is one of them. */
const positionTables: readonly string[] = ["bert", "gpt2", "mpt", "starcoder"];

export interface ModelTraits {
  /** How many positions there are, where the model has learned each of them by itself. */
  readonly positions: number | undefined;
  /** Whether each input embedding has several positions (M-RoPE). */
  readonly sectionedPositions: boolean;
  /** Whether the decoder needs what the encoder has read. */
  readonly needsEncoding: boolean;
  /** Whether it computes logits; models for embeddings alone do not, and C would hand out what was in memory. */
  readonly givesLogits: boolean;
  /** Whether tokens see only those before them, unless a context says otherwise. */
  readonly causal: boolean;
  /** Whether C can shift keys that are quantized: it needs a rotation for that, and does not look whether it has one. */
  readonly shiftsQuantizedKeys: boolean;
  /** C's number of how it pools embeddings. */
  readonly pooling: number;
}

export function traitsOf(model: Pointer<"llama_model">): ModelTraits {
  const c = api();
  const architecture = metadataValue(model, "general.architecture") ?? "";
  const rope = c.llama_model_rope_type(model);
  return {
    positions: positionTables.includes(architecture) ? c.llama_model_n_ctx_train(model) : undefined,
    sectionedPositions:
      rope === llama_rope_type.LLAMA_ROPE_TYPE_MROPE || rope === llama_rope_type.LLAMA_ROPE_TYPE_IMROPE,
    needsEncoding: architecture === "t5",
    givesLogits: !/bert|embedding|t5encoder/.test(architecture),
    causal: metadataValue(model, `${architecture}.attention.causal`) !== "false",
    shiftsQuantizedKeys:
      keySizes(model, architecture).every((size) => size % 64 === 0) &&
      process.env["LLAMA_ATTN_ROT_DISABLE"] === undefined,
    pooling: Number(metadataValue(model, `${architecture}.pooling_type`) ?? llama_pooling_type.LLAMA_POOLING_TYPE_NONE),
  };
}

/** The sizes of an attention head's keys; a list for each layer is not a number. */
function keySizes(model: Pointer<"llama_model">, architecture: string): readonly number[] {
  const written = ["key_length", "key_length_swa"]
    .map((key) => metadataValue(model, `${architecture}.attention.${key}`))
    .filter((value) => value !== undefined)
    .map(Number);
  const sizes = written.length > 0 ? written : [api().llama_model_n_embd(model) / api().llama_model_n_head(model)];
  return new Set(sizes).size === 1 ? sizes : [NaN];
}
