/** From LangChain's options of a call to those of an answer. */
import type { BaseChatModelCallOptions, BindToolsInput } from "@langchain/core/language_models/chat_models";
import type { RespondOptions } from "../../chat/respond-options.js";
import { definedOf } from "../../engine/defined-of.js";
import { type SamplingOptions, samplingOptionNames } from "../../engine/sampling/sampling-options.js";
import { toolChoiceOf, toolDefinition } from "./tools.js";
import { besideSampling } from "../beside-sampling.js";

/** The options of `respond` that LangChain has none of its own for. */
export type MullamaAnswerOptions = Omit<
  RespondOptions,
  "tools" | "toolChoice" | "signal" | "stop" | "addSpecial" | "parseSpecial"
>;

/**
 * What a call of `ChatMullama` takes.
 *
 * @example
 * await model.invoke("Write a haiku.", { temperature: 0.2, seed: 7, maxTokens: 60, stop: ["\n\n"] });
 */
export interface ChatMullamaCallOptions extends BaseChatModelCallOptions, MullamaAnswerOptions {
  /** Tools of LangChain, or what OpenAI's API takes. `bindTools` sets them. */
  readonly tools?: readonly BindToolsInput[] | undefined;
}

/** The compiler sees to it that none is forgotten. */
const others: Readonly<Record<Exclude<keyof MullamaAnswerOptions, keyof SamplingOptions>, true>> = {
  maxTokens: true,
  ...besideSampling,
};
const names: ReadonlySet<string> = new Set([
  ...samplingOptionNames.filter((name) => name !== "grammar"),
  ...Object.keys(others),
]);

/** The options of answers among others. */
export function answerOptions(given: object): MullamaAnswerOptions {
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => names.has(name) && value !== undefined));
}

/**
 * @param defaults what the model was made with
 * @throws {ArgumentError} for what is no tool or no choice of one
 */
export function respondOptions(
  defaults: MullamaAnswerOptions,
  call: Omit<ChatMullamaCallOptions, "configurable">,
): RespondOptions {
  const tools = call.tools?.map(toolDefinition) ?? [];
  return {
    ...defaults,
    ...answerOptions(call),
    ...definedOf({ signal: call.signal }),
    ...(call.stop === undefined || call.stop.length === 0 ? {} : { stop: call.stop }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(call.tool_choice === undefined ? {} : { toolChoice: toolChoiceOf(call.tool_choice) }),
  };
}
