import type { AnswerBlock, BlockDelta, ContentEvent } from "./content-block.js";

/** The blocks of a whole answer. A call that was cut off is left out: there is nothing to call. */
export async function joinContent(events: AsyncIterable<ContentEvent>): Promise<readonly AnswerBlock[]> {
  const blocks: AnswerBlock[] = [];
  const inputs = new Map<AnswerBlock, string>();
  let input = "";
  for await (const event of events) {
    const last = blocks.at(-1);
    if (event.type === "content_block_start") blocks.push(event.content_block);
    if (last === undefined) continue;
    if (event.type === "content_block_delta") {
      if (event.delta.type === "input_json_delta") input += event.delta.partial_json;
      else blocks[blocks.length - 1] = extended(last, event.delta);
    } else if (event.type === "content_block_stop" && last.type === "tool_use") {
      inputs.set(last, input);
      input = "";
    }
  }
  return blocks.flatMap((block) => (block.type === "tool_use" ? withInput(block, inputs.get(block) ?? "") : [block]));
}

function extended(block: AnswerBlock, delta: BlockDelta): AnswerBlock {
  if (block.type === "text" && delta.type === "text_delta") return { ...block, text: block.text + delta.text };
  if (block.type !== "thinking") return block;
  if (delta.type === "thinking_delta") return { ...block, thinking: block.thinking + delta.thinking };
  return delta.type === "signature_delta" ? { ...block, signature: delta.signature } : block;
}

function withInput(block: Extract<AnswerBlock, { type: "tool_use" }>, text: string): AnswerBlock[] {
  try {
    return [{ ...block, input: text === "" ? {} : (JSON.parse(text) as unknown) }];
  } catch {
    return [];
  }
}
