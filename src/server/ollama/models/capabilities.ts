import { aside } from "../../../chat/aside/aside.js";
import { type GgufHeader, metadataString } from "../../../gguf/index.js";
import type { ModelDescription } from "./describe-model.js";

/** What a model can be used for, in Ollama's words. */
export async function capabilitiesOf(
  { metadata }: GgufHeader,
  { info, definition }: ModelDescription,
): Promise<string[]> {
  if (info?.isEmbedding === true) return ["embedding"];
  const fills = ["fim_pre_token_id", "prefix_token_id"].some((key) => metadata.has(`tokenizer.ggml.${key}`));
  const template = definition.template ?? metadataString(metadata, "tokenizer.chat_template");
  // One that this program cannot run says nothing of what its model can do.
  const traits = template === undefined ? undefined : await aside({ type: "traits", template });
  return [
    "completion",
    ...(traits?.offersTools === true ? ["tools"] : []),
    ...(fills ? ["insert"] : []),
    ...(traits?.reasons === true ? ["thinking"] : []),
  ];
}
