import { AIMessageChunk, type AIMessageChunkFields } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import type { ChatEvent } from "../../chat/respond-options.js";
import { responseMetadata, usageMetadata } from "./answer-message.js";

/** Turns the events of an answer into LangChain's chunks, which `concat` makes one message of. */
export class AnswerChunks {
  readonly #model: string;
  /** Once the model has thought, content are blocks, told apart by their index. */
  #thought = false;
  readonly #arguments = new Map<number, string>();

  constructor(model: string) {
    this.#model = model;
  }

  /** @returns undefined for what LangChain has no chunk for */
  of(event: ChatEvent): ChatGenerationChunk | undefined {
    switch (event.type) {
      case "reasoning":
        this.#thought = true;
        return chunk("", { content: [{ type: "reasoning", reasoning: event.text, index: 0 }] });
      case "text": {
        const { text } = event;
        return chunk(text, { content: this.#thought ? [{ type: "text", text, index: 1 }] : text });
      }
      case "tool-call-start":
        this.#arguments.set(event.index, "");
        return this.#call({ index: event.index, id: event.id, name: event.name, args: "" });
      case "tool-call-delta":
        this.#arguments.set(event.index, (this.#arguments.get(event.index) ?? "") + event.text);
        return this.#call({ index: event.index, args: event.text });
      case "tool-call": {
        // Forms of calls that are not JSON are told when they are whole.
        if (this.#arguments.get(event.index) !== "") return undefined;
        return this.#call({ index: event.index, args: JSON.stringify(event.call.arguments) });
      }
      case "finish":
        return chunk("", {
          content: this.#nothing,
          // Its type is lost where optional properties are exact.
          usage_metadata: usageMetadata(event.usage) as never,
          response_metadata: responseMetadata(event, this.#model),
        });
      // They come whole, with the end.
      case "logprobs":
      case "tool-result":
        return undefined;
    }
  }

  get #nothing(): "" | [] {
    return this.#thought ? [] : "";
  }

  #call(call: { index: number; id?: string; name?: string; args: string }): ChatGenerationChunk {
    return chunk("", { content: this.#nothing, tool_call_chunks: [{ type: "tool_call_chunk", ...call }] });
  }
}

function chunk(text: string, fields: AIMessageChunkFields): ChatGenerationChunk {
  return new ChatGenerationChunk({ text, message: new AIMessageChunk(fields) });
}
