import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelParams,
  type BindToolsInput,
  type LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk, BaseMessage, MessageContent } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import type { ChatStream } from "../../chat/chat-stream.js";
import type { Schema, SchemaOutput } from "../../chat/structured/standard-schema.js";
import { AnswerChunks } from "./answer-chunks.js";
import { answerMessage } from "./answer-message.js";
import {
  answerOptions,
  type ChatMullamaCallOptions,
  type MullamaAnswerOptions,
  respondOptions,
} from "./call-options.js";
import { toLangChainError } from "./errors.js";
import { chatMessages } from "./messages.js";
import { ModelHandle, type MullamaModelFields } from "./model-handle.js";
import { structuredOutput } from "./structured-output.js";
import { toolDefinition } from "./tools.js";

/** Which model it is, and the options of its answers where a call does not say otherwise. */
export interface ChatMullamaFields extends BaseChatModelParams, MullamaModelFields, MullamaAnswerOptions {
  /** Texts that end an answer. */
  readonly stop?: string[];
}

/**
 * A chat model that runs in this process.
 *
 * @throws {ArgumentError} where `model` is neither a name nor a model
 *
 * @example
 * await using model = new ChatMullama({ model: "smollm2:135m", temperature: 0 });
 * const { text } = await model.invoke("Why is the sky blue?");
 */
export class ChatMullama extends BaseChatModel<ChatMullamaCallOptions> implements AsyncDisposable {
  /** The model's name. */
  readonly model: string;
  readonly #model: ModelHandle;
  readonly #defaults: MullamaAnswerOptions;
  readonly #stop: string[] | undefined;

  constructor(fields: ChatMullamaFields) {
    const { model, load, stop, ...params } = fields;
    super(params);
    this.#model = new ModelHandle({ model, load });
    this.#defaults = answerOptions(params);
    this.#stop = stop;
    this.model = this.#model.name;
    // What is written down of it, in traces and caches, is plain.
    this.lc_kwargs = { model: this.model, ...this.#defaults, ...(stop === undefined ? {} : { stop }) };
  }

  static override lc_name(): string {
    return "ChatMullama";
  }

  _llmType(): string {
    return "mullama";
  }

  /** What tells its answers from those of another in a cache. */
  override _identifyingParams(): Record<string, unknown> {
    return { model: this.model, ...this.#defaults, stop: this.#stop };
  }

  override invocationParams(options?: this["ParsedCallOptions"]): Record<string, unknown> {
    return { model: this.model, ...this.#options(options ?? {}) };
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const { temperature, maxTokens } = this.#options(options);
    return {
      ls_provider: "mullama",
      ls_model_type: "chat",
      ls_model_name: this.model,
      ...(temperature === undefined ? {} : { ls_temperature: temperature }),
      ...(maxTokens === undefined ? {} : { ls_max_tokens: maxTokens }),
      ...(options.stop === undefined ? {} : { ls_stop: options.stop }),
    };
  }

  /**
   * Tells the model of tools: LangChain's own, or definitions in the form of OpenAI's API. What it must call
   * (`tool_choice`) and with which arguments is enforced by a grammar.
   *
   * @throws {ArgumentError} for what is no tool; {MullamaError} `SCHEMA_UNSUPPORTED`
   */
  override bindTools(
    tools: BindToolsInput[],
    options: Partial<ChatMullamaCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatMullamaCallOptions> {
    return this.withConfig({ ...options, tools: tools.map(toolDefinition) });
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const { signal, maxRetries } = options;
    const call = { ...(signal === undefined ? {} : { signal }), ...(maxRetries === undefined ? {} : { maxRetries }) };
    const result = await this.caller.callWithOptions(call, async () => {
      try {
        const answer = await this.#respond(messages, options);
        return await answer.result;
      } catch (error) {
        throw toLangChainError(error, signal);
      }
    });
    const { promptTokens, completionTokens } = result.usage;
    const totalTokens = promptTokens + completionTokens;
    return {
      generations: [{ text: result.text, message: answerMessage(result, this.model) }],
      llmOutput: { tokenUsage: { promptTokens, completionTokens, totalTokens } },
    };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    try {
      const chunks = new AnswerChunks(this.model);
      for await (const event of await this.#respond(messages, options)) {
        const chunk = chunks.of(event);
        if (chunk === undefined) continue;
        yield chunk;
        await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
      }
    } catch (error) {
      throw toLangChainError(error, options.signal);
    }
  }

  /**
   * Answers with a value that keeps to a schema of zod, another Standard Schema or a JSON Schema, by a grammar. The
   * `method` makes no difference.
   *
   * @throws {MullamaError} `SCHEMA_UNSUPPORTED`, when it is asked; LangChain's `OutputParserException` for an answer that
   * was cut off, or that the schema's own checks refuse
   */
  override withStructuredOutput<Given extends Schema>(
    schema: Given,
    config?: StructuredOutputMethodOptions,
  ): Runnable<BaseLanguageModelInput, SchemaOutput<Given>>;
  override withStructuredOutput<Given extends Schema>(
    schema: Given,
    config: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: SchemaOutput<Given> }>;
  override withStructuredOutput(schema: Schema, config: StructuredOutputMethodOptions<boolean> = {}): never {
    return structuredOutput(this, schema, config) as never;
  }

  /** How many tokens a text is to this model. */
  override async getNumTokens(content: MessageContent): Promise<number> {
    const parts = typeof content === "string" ? [content] : content.map(({ text }) => text);
    const text = parts.filter((part) => typeof part === "string").join("");
    const model = await this.#model.get();
    const tokens = await model.tokenize(text, { addSpecial: false, parseSpecial: false });
    return tokens.length;
  }

  #options(options: this["ParsedCallOptions"]): ReturnType<typeof respondOptions> {
    return respondOptions(this.#defaults, this.#stop === undefined ? options : { stop: this.#stop, ...options });
  }

  async #respond(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatStream> {
    const [conversation, settings] = [chatMessages(messages), this.#options(options)];
    const model = await this.#model.get(options.signal);
    return model.respond(conversation, settings);
  }

  /** Frees the model, unless it was given loaded. */
  dispose(): Promise<void> {
    return this.#model.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
