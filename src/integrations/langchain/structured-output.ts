import {
  assembleStructuredOutputPipeline,
  createContentParser,
} from "@langchain/core/language_models/structured_output";
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import type { AIMessageChunk } from "@langchain/core/messages";
import { type Runnable, RunnableLambda } from "@langchain/core/runnables";
import type { ChatMullamaCallOptions } from "./call-options.js";
import { jsonSchemaOf } from "./json-schema.js";

interface Configurable {
  withConfig(
    config: Partial<ChatMullamaCallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatMullamaCallOptions>;
}

/** A model held to a schema, and behind it what reads its answer. */
export function structuredOutput(
  model: Configurable,
  schema: object,
  { name = "StructuredOutput", includeRaw = false }: StructuredOutputMethodOptions<boolean>,
): Runnable<BaseLanguageModelInput, unknown> {
  const json = jsonSchemaOf(schema);
  const held = model.withConfig({ output: { schema: json } });
  // Thoughts are not part of the value.
  const parser = RunnableLambda.from(({ text }: AIMessageChunk) => text).pipe(createContentParser(schema));
  return assembleStructuredOutputPipeline(held, parser, includeRaw, name);
}
