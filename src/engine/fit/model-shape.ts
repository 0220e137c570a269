/** What of a model decides how much memory it takes, read from its file's header. */
import { type GgufHeader, metadataNumber, metadataNumbers, metadataString, type TensorInfo } from "../../gguf/index.js";

/** One layer. */
export interface LayerShape {
  /** Bytes of its weights, those of experts apart. */
  readonly weights: number;
  readonly experts: number;
  /** Numbers of a token's key and value; 0 for a layer without attention. */
  readonly keyWidth: number;
  readonly valueWidth: number;
  /** Whether it sees only a window of tokens. */
  readonly windowed: boolean;
  /** Numbers of a sequence's recurrent state; 0 for a layer without one. */
  readonly state: number;
  /** Numbers of a token that its feed-forward part has in work at once. */
  readonly feedForward: number;
}

export interface ModelShape {
  readonly layers: readonly LayerShape[];
  /** Bytes of the token embeddings, which stay with the CPU, and of what comes after the last layer. */
  readonly inputWeights: number;
  readonly outputWeights: number;
  readonly embeddingSize: number;
  readonly vocabularySize: number;
  readonly heads: number;
  readonly trainedContextSize: number;
  /** Tokens that a windowed layer sees; 0 where there is none. */
  readonly window: number;
  /** Numbers of a token that an SSM layer has in work; 0 where there is none. */
  readonly innerSize: number;
}

/** How many layers there are to one that sees everything, where the file does not say. */
const windowPatterns: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  gemma3n: 5,
  cohere2: 4,
  "gpt-oss": 2,
  llama4: 4,
  exaone4: 4,
};

export function readModelShape({ metadata, tensors }: GgufHeader): ModelShape {
  const architecture = metadataString(metadata, "general.architecture") ?? "";
  const number = (key: string, fallback = 0): number => metadataNumber(metadata, `${architecture}.${key}`) ?? fallback;
  const layers = Array.from({ length: number("block_count") }, () => new Map<string, TensorInfo>());
  let inputWeights = 0;
  let outputWeights = 0;
  for (const info of tensors.values()) {
    const [, index, name] = /^blk\.(\d+)\.(.+)$/.exec(info.name) ?? [];
    const layer = index === undefined ? undefined : layers[Number(index)];
    if (layer !== undefined && name !== undefined) layer.set(name, info);
    else if (/^(token_embd|token_types|position_embd)/.test(info.name)) inputWeights += info.byteLength;
    else outputWeights += info.byteLength;
  }
  const embeddingSize = number("embedding_length");
  const heads = Math.max(1, ...metadataNumbers(metadata, `${architecture}.attention.head_count`));
  const window = number("attention.sliding_window");
  const pattern = number("attention.sliding_window_pattern", windowPatterns[architecture] ?? 1);
  const sizes: Sizes = {
    head: number("attention.key_length", embeddingSize / heads),
    valueHead: number("attention.value_length", embeddingSize / heads),
    kvHeads: metadataNumbers(metadata, `${architecture}.attention.head_count_kv`),
    heads,
    embedding: embeddingSize,
    expertsUsed: number("expert_used_count", 1),
    // Gemma's activation is computed in place.
    copies: architecture.startsWith("gemma") ? 2 : 3,
    ssmState: number("ssm.state_size") * number("ssm.inner_size"),
    rwkv: number("wkv.head_size") * embeddingSize + 2 * embeddingSize,
  };
  return {
    layers: layers.map((layer, index) => ({
      ...readLayer(layer, index, sizes),
      windowed: window > 0 && (pattern === 1 || index % pattern < pattern - 1),
    })),
    inputWeights,
    outputWeights,
    embeddingSize,
    vocabularySize: tensors.get("token_embd.weight")?.shape[1] ?? 0,
    heads,
    trainedContextSize: number("context_length", 2048),
    window,
    innerSize: number("ssm.inner_size"),
  };
}

interface Sizes {
  readonly head: number;
  readonly valueHead: number;
  readonly kvHeads: readonly number[];
  readonly heads: number;
  readonly embedding: number;
  readonly expertsUsed: number;
  /** How often the width of the feed-forward part is in work at once. */
  readonly copies: number;
  readonly ssmState: number;
  readonly rwkv: number;
}

function readLayer(
  tensors: ReadonlyMap<string, TensorInfo>,
  index: number,
  sizes: Sizes,
): Omit<LayerShape, "windowed"> {
  let weights = 0;
  let experts = 0;
  let feedForward = 0;
  for (const [name, { byteLength, shape }] of tensors) {
    if (name.includes("_exps")) experts += byteLength;
    else weights += byteLength;
    const width = (shape[1] ?? 0) * sizes.copies;
    if (name.startsWith("ffn_up_exps"))
      feedForward = Math.max(feedForward, sizes.expertsUsed * (width + sizes.embedding));
    else if (name.startsWith("ffn_up")) feedForward = Math.max(feedForward, width);
  }
  const conv = tensors.get("ssm_conv1d.weight")?.shape;
  const recurrent = conv !== undefined || tensors.has("time_mix_decay.weight") || tensors.has("time_mix_w1.weight");
  const kvHeads = sizes.kvHeads[index] ?? sizes.kvHeads[0] ?? sizes.heads;
  const latent = tensors.get("attn_kv_a_mqa.weight")?.shape[1];
  const key = tensors.get("attn_k.weight")?.shape[1];
  const fused = tensors.has("attn_qkv.weight") && !recurrent;
  const state = conv === undefined ? sizes.rwkv : ((conv[0] ?? 1) - 1) * (conv[1] ?? 0) + sizes.ssmState;
  return {
    weights,
    experts,
    feedForward,
    // Latent attention keeps one compressed vector, from which both are made.
    keyWidth: latent ?? key ?? (fused ? sizes.head * kvHeads : 0),
    valueWidth:
      latent === undefined ? (tensors.get("attn_v.weight")?.shape[1] ?? (fused ? sizes.valueHead * kvHeads : 0)) : 0,
    state: recurrent ? state : 0,
  };
}
