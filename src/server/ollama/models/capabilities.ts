import { findTraits } from "../../../chat/probe/find-traits.js";
import { ChatTemplate } from "../../../chat/template.js";
import { type GgufHeader, metadataString } from "../../../gguf/index.js";
import type { ModelDescription } from "./describe-model.js";

/** What a model can be used for, in Ollama's words. */
export function capabilitiesOf({ metadata }: GgufHeader, { info, definition }: ModelDescription): string[] {
  if (info?.isEmbedding === true) return ["embedding"];
  const fills = ["fim_pre_token_id", "prefix_token_id"].some((key) => metadata.has(`tokenizer.ggml.${key}`));
  const template = definition.template ?? metadataString(metadata, "tokenizer.chat_template");
  const traits = template === undefined ? undefined : traitsOf(template);
  return [
    "completion",
    ...(traits?.offersTools === true ? ["tools"] : []),
    ...(fills ? ["insert"] : []),
    ...(traits?.reasons === true ? ["thinking"] : []),
  ];
}

function traitsOf(template: string): ReturnType<typeof findTraits> | undefined {
  try {
    return findTraits(new ChatTemplate(template), []);
  } catch {
    // One that this program cannot run says nothing of what its model can do.
    return undefined;
  }
}
