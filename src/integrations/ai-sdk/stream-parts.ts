/** From the events of an answer to the parts of a stream. */
import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { ChatEvent } from "../../chat/respond-options.js";
import type { ToolCall } from "../../chat/message.js";
import { finishReason } from "./finish-reason.js";
import { metadataOf } from "./metadata.js";
import { usageOf } from "./usage.js";

/** Opens and closes the blocks that the AI SDK wants around texts, thoughts and inputs of tools. */
export class StreamParts {
  #blocks = 0;
  #open: { readonly type: "text" | "reasoning" | "tool-input"; readonly id: string } | undefined;

  /** What an event means. */
  *of(event: ChatEvent): Generator<LanguageModelV4StreamPart> {
    switch (event.type) {
      case "text":
      case "reasoning":
        return yield* this.#say(event.type, event.text);
      case "tool-call-start":
        yield* this.#close();
        this.#open = { type: "tool-input", id: event.id };
        return yield { type: "tool-input-start", id: event.id, toolName: event.name };
      case "tool-call-delta":
        return yield { type: "tool-input-delta", id: event.id, delta: event.text };
      case "tool-call":
        yield* this.#close();
        return yield toolCallPart(event.call);
      case "logprobs":
      case "tool-result":
        // The result has the first, and sessions alone have the second.
        return;
      case "finish":
        yield* this.#close();
        yield {
          type: "finish",
          finishReason: finishReason(event.finishReason),
          usage: usageOf(event.usage),
          providerMetadata: metadataOf(event),
        };
    }
  }

  *#say(type: "text" | "reasoning", delta: string): Generator<LanguageModelV4StreamPart> {
    if (this.#open?.type !== type) {
      yield* this.#close();
      this.#open = { type, id: `${type}-${this.#blocks++}` };
      yield { type: `${type}-start`, id: this.#open.id };
    }
    yield { type: `${type}-delta`, id: this.#open.id, delta };
  }

  *#close(): Generator<LanguageModelV4StreamPart> {
    if (this.#open !== undefined) yield { type: `${this.#open.type}-end`, id: this.#open.id };
    this.#open = undefined;
  }
}

/** What is no JSON, since it was cut off, stays as it is: the AI SDK says what is wrong with it. */
export function toolCallPart({ id, name, arguments: given }: ToolCall): LanguageModelV4StreamPart & {
  readonly type: "tool-call";
} {
  const input = typeof given === "string" ? given : JSON.stringify(given);
  return { type: "tool-call", toolCallId: id, toolName: name, input };
}
