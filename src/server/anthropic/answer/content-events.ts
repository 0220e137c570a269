import type { ChatStream } from "../../../chat/chat-stream.js";
import type { MessagesRequest } from "../request/request-schema.js";
import { BlockWriter } from "./block-writer.js";
import type { ContentEvent } from "./content-block.js";
import { withoutPrefill } from "./without-prefill.js";

export interface ContentOptions {
  readonly thinking: MessagesRequest["thinking"];
  /** How the answer begins, which the client knows. */
  readonly prefill: string | undefined;
}

/** An answer in blocks, as it comes. Thoughts that nobody asked for are left out. */
export async function* contentEvents(stream: ChatStream, options: ContentOptions): AsyncGenerator<ContentEvent, void> {
  const { thinking, prefill = "" } = options;
  const thinks = thinking !== undefined && thinking.type !== "disabled";
  const shown = thinks && thinking.display !== "omitted";
  const writer = new BlockWriter();
  const cut = withoutPrefill(prefill);
  for await (const event of stream) {
    switch (event.type) {
      case "text": {
        const text = cut(event.text);
        if (text !== "") yield* writer.write({ type: "text", text: "", citations: null }, { type: "text_delta", text });
        break;
      }
      case "reasoning":
        if (thinks)
          yield* writer.write(
            { type: "thinking", thinking: "", signature: "" },
            shown ? { type: "thinking_delta", thinking: event.text } : undefined,
          );
        break;
      case "tool-call-start":
        yield* writer.open({ type: "tool_use", id: event.id, name: event.name, input: {} });
        break;
      case "tool-call-delta":
        yield* writer.write(
          { type: "tool_use", id: event.id, name: "", input: {} },
          { type: "input_json_delta", partial_json: event.text },
        );
        break;
      default:
    }
  }
  yield* writer.close();
}
