import type { AnswerBlock, AnswerEvent, BlockDelta } from "./response-schema.js";

/** A block, and the JSON of a call's input as far as it has come. */
interface Growing {
  readonly block: AnswerBlock;
  readonly input: string;
}

/** What a whole message says beside its head. A call that was cut off is left out: there is nothing to call. */
export async function joinAnswer(events: AsyncIterable<AnswerEvent>): Promise<object> {
  const blocks: Growing[] = [];
  let end = {};
  for await (const event of events) {
    const last = blocks.at(-1);
    if (event.type === "content_block_start") blocks.push({ block: event.content_block, input: "" });
    else if (event.type === "content_block_delta" && last !== undefined)
      blocks[blocks.length - 1] = extended(last, event.delta);
    else if (event.type === "message_delta") {
      if (last?.block.type === "tool_use" && event.delta.stop_reason !== "tool_use") blocks.pop();
      end = { ...event.delta, usage: event.usage };
    }
  }
  return { content: blocks.map(blockOf), ...end };
}

function extended({ block, input }: Growing, delta: BlockDelta): Growing {
  switch (delta.type) {
    case "input_json_delta":
      return { block, input: input + delta.partial_json };
    case "text_delta":
      return { input, block: block.type === "text" ? { ...block, text: block.text + delta.text } : block };
    case "thinking_delta":
      return {
        input,
        block: block.type === "thinking" ? { ...block, thinking: block.thinking + delta.thinking } : block,
      };
    case "signature_delta":
      return { input, block: block.type === "thinking" ? { ...block, signature: delta.signature } : block };
  }
}

/** A tool without parameters may be called without a word. */
function blockOf({ block, input }: Growing): AnswerBlock {
  if (block.type !== "tool_use" || input === "") return block;
  return { ...block, input: JSON.parse(input) as unknown };
}
