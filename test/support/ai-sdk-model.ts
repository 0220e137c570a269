import { load, type LoadedModel } from "../../src/index.js";
import { tinyLlama } from "./tiny-models.js";

/** A model with random weights that chats, and embeds. */
export function tinyChatModel(
  options: { readonly template?: string; readonly seed?: number } = {},
): Promise<LoadedModel> {
  const { template = "chatml", seed = 1 } = options;
  const { path } = tinyLlama({ contextSize: 4096, seed });
  return load(path, { threads: 1, contextSize: 4096, chatTemplate: template });
}
