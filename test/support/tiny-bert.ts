import { ggufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import { modelMetadata, type TinyModel, type TinyShape } from "./tiny-model.js";
import { tinyWordPieceVocab } from "./tiny-vocab-wordpiece.js";
import { TinyWeights } from "./tiny-weights.js";

/** Values of `enum llama_pooling_type`. */
const POOLING = { none: 0, mean: 1, cls: 2, last: 3, rank: 4 } as const;

export interface TinyBertOptions {
  readonly seed?: number;
  /** Default `"mean"`; `"rank"` makes it a classifier, and with one label a reranker. */
  readonly pooling?: keyof typeof POOLING;
  /** What the classifier tells apart; default three labels for `"rank"`. */
  readonly labels?: readonly string[];
  /** Tokens that it was trained for. Default 512. */
  readonly contextSize?: number;
}

/** A random encoder: sentence embeddings, or scores for labels. */
export function tinyBert(options: TinyBertOptions = {}): TinyModel {
  const { contextSize = 512 } = options;
  const shape: TinyShape = {
    vocab: tinyWordPieceVocab(),
    embeddingSize: 64,
    layers: 2,
    heads: 4,
    kvHeads: 4,
    feedForwardSize: 128,
    contextSize,
  };
  const { seed = 1, pooling = "mean", labels = pooling === "rank" ? ["no", "maybe", "yes"] : [] } = options;
  const path = cachedGguf("bert", options, () => ({
    metadata: modelMetadata("bert", "Tiny BERT", shape, {
      "attention.layer_norm_epsilon": ggufValue.float32(1e-12),
      "attention.causal": ggufValue.bool(false),
      pooling_type: ggufValue.uint32(POOLING[pooling]),
      ...(labels.length > 0 ? { "classifier.output_labels": ggufValue.array("string", labels) } : {}),
    }),
    tensors: weightsOf(shape, seed, labels.length).tensors,
  }));
  return { ...shape, path };
}

/** A reranker: one score for a query with a document. */
export function tinyReranker(options: Pick<TinyBertOptions, "seed"> = {}): TinyModel {
  return tinyBert({ ...options, pooling: "rank", labels: ["relevant"] });
}

function weightsOf(shape: TinyShape, seed: number, labels: number): TinyWeights {
  const { embeddingSize, feedForwardSize, vocab, contextSize, layers } = shape;
  const weights = new TinyWeights(seed);
  const norm = (name: string): void => {
    weights.constant(`${name}.weight`, [embeddingSize]);
    weights.constant(`${name}.bias`, [embeddingSize], 0);
  };
  weights.matrix("token_embd.weight", embeddingSize, vocab.size, { gain: Math.sqrt(embeddingSize) });
  weights.random("token_types.weight", [embeddingSize, 2], 0.1);
  weights.random("position_embd.weight", [embeddingSize, contextSize], 0.1);
  norm("token_embd_norm");
  for (let layer = 0; layer < layers; layer++) {
    weights.attention(`blk.${layer}.attn_`, shape);
    norm(`blk.${layer}.attn_output_norm`);
    weights.matrix(`blk.${layer}.ffn_up.weight`, embeddingSize, feedForwardSize);
    weights.matrix(`blk.${layer}.ffn_down.weight`, feedForwardSize, embeddingSize);
    norm(`blk.${layer}.layer_output_norm`);
  }
  if (labels > 0) {
    weights.matrix("cls.weight", embeddingSize, embeddingSize);
    weights.constant("cls.bias", [embeddingSize], 0);
    weights.matrix("cls.output.weight", embeddingSize, labels);
    weights.constant("cls.output.bias", [labels], 0);
  }
  return weights;
}
