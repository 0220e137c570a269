import type { Model } from "../../src/llama/model.js";

/** The logits after a fixed prompt: alike for two models with the same weights. */
export function firstLogits(model: Model, tokens: readonly number[] = [1, 50, 51, 52, 53]): Float32Array {
  using context = model.createContext({ contextSize: 64 });
  context.decode(tokens);
  return context.logits().toFloat32Array();
}
