import type { ChatMessage } from "../../../../chat/message.js";
import { paramsToDefaults } from "../../../../models/modelfile/index.js";
import type { ChatSession } from "../../../../chat/session/chat-session.js";
import type { LoadedModel } from "../../../../mullama.js";
import { outputOf } from "../output-format.js";
import type { OpenTools } from "./open-tools.js";
import type { Talker, TalkEvent, TalkSettings } from "./talker.js";

/** A model of this process that answers, with tools where there are any. */
export class LocalTalker implements Talker {
  readonly tools: readonly string[];
  readonly isLocal = true;
  readonly #model: LoadedModel;
  readonly #opened: OpenTools;
  /** The conversation as it was answered last, with what the model remembers of it. */
  #chat: ChatSession | undefined;

  constructor(model: LoadedModel, opened: OpenTools) {
    this.#model = model;
    this.#opened = opened;
    this.tools = Object.keys(opened.tools);
  }

  async prepare(_settings: TalkSettings, signal: AbortSignal): Promise<void> {
    // It is loaded. What stopped that may have come too late.
    signal.throwIfAborted();
  }

  async *answer(
    messages: readonly ChatMessage[],
    { system, parameters, think, format }: TalkSettings,
    signal: AbortSignal,
  ): AsyncGenerator<TalkEvent> {
    const {
      contextSize: _c,
      gpuLayers: _g,
      threads: _t,
      batchSize: _b,
      ...defaults
    } = paramsToDefaults(parameters).defaults;
    const chat = this.#model.chat({
      ...defaults,
      system,
      tools: this.#opened.tools,
      history: messages.slice(0, -1),
      ...(think === undefined ? {} : { reasoning: think }),
      ...(format === undefined ? {} : { output: outputOf(format) }),
    });
    this.#chat = chat;
    const [said] = messages.slice(-1);
    if (said === undefined) return;
    const stream = chat.stream(said, { signal });
    for await (const event of stream) {
      if (event.type === "text") yield { type: "text", text: event.text };
      else if (event.type === "reasoning") yield { type: "thought", text: event.text };
      else if (event.type === "tool-result")
        yield { type: "tool", name: event.call.name, given: event.call.arguments, answer: event.text };
    }
    const { messages: added, usage, timings, finishReason, droppedMessages } = await stream.result;
    yield {
      type: "end",
      messages: added.slice(1),
      promptTokens: usage.promptTokens,
      cachedTokens: usage.cachedTokens,
      completionTokens: usage.completionTokens,
      promptTime: timings.prompt,
      completionTime: timings.completion,
      length: finishReason === "length",
      dropped: droppedMessages,
    };
  }

  async remembered(): Promise<Uint8Array | undefined> {
    return this.#chat?.save();
  }

  async remember(state: Uint8Array): Promise<void> {
    await this.#model.loadChat(state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.dispose();
    await this.#opened.dispose();
  }
}
