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
  /** Whether tokens see only those before them, unless a context says otherwise. */
  readonly causal: boolean;
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
    causal: metadataValue(model, `${architecture}.attention.causal`) !== "false",
    pooling: Number(metadataValue(model, `${architecture}.pooling_type`) ?? llama_pooling_type.LLAMA_POOLING_TYPE_NONE),
  };
}
