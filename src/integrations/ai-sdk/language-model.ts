import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import type { ChatStream } from "../../chat/chat-stream.js";
import type { ChatEvent, ChatResult } from "../../chat/respond-options.js";
import { callSettings, type CallSettings } from "./call-options.js";
import { toAiSdkError } from "./errors.js";
import { finishReason } from "./finish-reason.js";
import { metadataOf } from "./metadata.js";
import type { AiSdkModel } from "./model.js";
import { chatMessages } from "./prompt.js";
import { StreamParts, toolCallPart } from "./stream-parts.js";
import { usageOf } from "./usage.js";

/** A model that answers conversations. */
export class MullamaLanguageModel implements LanguageModelV4 {
  readonly specificationVersion = "v4";
  readonly provider: string;
  readonly modelId: string;
  /** None: it reads text only. */
  readonly supportedUrls = {};
  readonly #model: AiSdkModel;

  /** @internal Use a provider. */
  constructor(model: AiSdkModel) {
    this.provider = model.provider;
    this.modelId = model.id;
    this.#model = model;
  }

  async doGenerate(call: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    try {
      const { answer, warnings } = await this.#respond(call);
      const result = await answer.result;
      return {
        content: contentOf(result),
        finishReason: finishReason(result.finishReason),
        usage: usageOf(result.usage),
        providerMetadata: metadataOf(result),
        response: { modelId: this.modelId },
        warnings,
      };
    } catch (error) {
      throw toAiSdkError(error, this.modelId, call.abortSignal);
    }
  }

  async doStream(call: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    try {
      const { answer, warnings } = await this.#respond(call);
      const events = answer[Symbol.asyncIterator]();
      // What is wrong with a request is known with its first event: it fails, rather than a stream that began well.
      const first = await events.next();
      const parts = this.#parts(events, first, warnings, call);
      return { stream: streamOf(parts, () => answer.cancel()) };
    } catch (error) {
      throw toAiSdkError(error, this.modelId, call.abortSignal);
    }
  }

  async #respond(call: LanguageModelV4CallOptions): Promise<Pick<CallSettings, "warnings"> & { answer: ChatStream }> {
    const messages = chatMessages(call.prompt);
    const model = await this.#model.get(call.abortSignal);
    const { options, warnings } = callSettings(call, model.chatFormat.traits.reasons);
    return { answer: model.respond(messages, options), warnings };
  }

  async *#parts(
    events: AsyncGenerator<ChatEvent, ChatResult>,
    first: IteratorResult<ChatEvent, ChatResult>,
    warnings: CallSettings["warnings"],
    call: LanguageModelV4CallOptions,
  ): AsyncGenerator<LanguageModelV4StreamPart> {
    const parts = new StreamParts();
    try {
      yield { type: "stream-start", warnings };
      yield { type: "response-metadata", modelId: this.modelId };
      for (let step = first; step.done !== true; step = await events.next()) {
        if (call.includeRawChunks === true) yield { type: "raw", rawValue: step.value };
        yield* parts.of(step.value);
      }
    } catch (error) {
      yield { type: "error", error: toAiSdkError(error, this.modelId, call.abortSignal) };
    } finally {
      await events.return(undefined as never);
    }
  }
}

function contentOf({ reasoning, text, toolCalls }: ChatResult): LanguageModelV4Content[] {
  return [
    ...(reasoning === "" ? [] : [{ type: "reasoning", text: reasoning } as const]),
    ...(text === "" ? [] : [{ type: "text", text } as const]),
    ...toolCalls.map(toolCallPart),
  ];
}

/** A stream that computes nothing before it is read, and cancels the answer when its reader leaves. */
function streamOf(
  parts: AsyncGenerator<LanguageModelV4StreamPart>,
  cancelAnswer: () => void,
): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        cancelAnswer();
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
