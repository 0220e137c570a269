import { encodeTensor, ggufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import type { TinyModel } from "./tiny-model.js";
import { TinyRandom } from "./tiny-random.js";

export interface TinyControlVector {
  /** A direction a layer from layer 1 on, one after the other: what `llama_set_adapter_cvec` takes. */
  readonly data: Float32Array;
  /** The same in llama.cpp's file format. */
  readonly path: string;
}

/** A random control vector for a model. The first layer has none, as in llama.cpp's own. */
export function tinyControlVector(
  model: TinyModel,
  options: { readonly seed?: number; readonly strength?: number } = {},
): TinyControlVector {
  const { embeddingSize, layers } = model;
  const { seed = 1, strength = 1 } = options;
  const random = new TinyRandom(seed);
  const data = Float32Array.from({ length: embeddingSize * (layers - 1) }, () => random.normal() * strength);
  const path = cachedGguf("control-vector", { embeddingSize, layers, ...options }, () => ({
    metadata: {
      "general.architecture": ggufValue.string("controlvector"),
      "controlvector.model_hint": ggufValue.string("llama"),
      "controlvector.layer_count": ggufValue.uint32(layers - 1),
    },
    tensors: Array.from({ length: layers - 1 }, (_, i) => ({
      name: `direction.${i + 1}`,
      type: "F32" as const,
      shape: [embeddingSize],
      data: encodeTensor("F32", data.subarray(i * embeddingSize, (i + 1) * embeddingSize)),
    })),
  }));
  return { data, path };
}
