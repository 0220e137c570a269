import { ggufValue, type GgufValue } from "../../src/gguf/index.js";
import type { TinyVocab } from "./tiny-vocab.js";

/** The sizes of a tiny model. */
export interface TinyShape {
  readonly vocab: TinyVocab;
  readonly embeddingSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForwardSize: number;
  /** The context size it was "trained" with. */
  readonly contextSize: number;
}

/** A model file on disk and what a test may want to know about it. */
export interface TinyModel extends TinyShape {
  readonly path: string;
}

/** The metadata that every architecture has, then `extra` with the architecture's name put in front of its keys, then the vocabulary's. */
export function modelMetadata(
  architecture: string,
  name: string,
  shape: TinyShape,
  extra: Readonly<Record<string, GgufValue>>,
): Record<string, GgufValue> {
  const hyperparameters = {
    context_length: ggufValue.uint32(shape.contextSize),
    embedding_length: ggufValue.uint32(shape.embeddingSize),
    block_count: ggufValue.uint32(shape.layers),
    feed_forward_length: ggufValue.uint32(shape.feedForwardSize),
    "attention.head_count": ggufValue.uint32(shape.heads),
    "attention.head_count_kv": ggufValue.uint32(shape.kvHeads),
    vocab_size: ggufValue.uint32(shape.vocab.size),
    ...extra,
  };
  return {
    "general.architecture": ggufValue.string(architecture),
    "general.type": ggufValue.string("model"),
    "general.name": ggufValue.string(name),
    ...Object.fromEntries(Object.entries(hyperparameters).map(([key, value]) => [`${architecture}.${key}`, value])),
    ...shape.vocab.metadata,
  };
}
