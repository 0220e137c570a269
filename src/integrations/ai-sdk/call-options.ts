/** From the settings of a call to the options of an answer, and what has to be said about them. */
import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool, SharedV4Warning } from "@ai-sdk/provider";
import { ArgumentError } from "../../errors.js";
import type { OutputFormat, RespondOptions } from "../../chat/respond-options.js";
import type { JsonSchema } from "../../chat/schema/json-schema.js";
import type { ToolChoice, ToolDefinition } from "../../chat/tools/tool-definition.js";
import { definedOf } from "../../engine/defined-of.js";
import { languageModelOptions } from "./provider-options.js";
import { reasoningOptions } from "./reasoning.js";
import { headerWarnings } from "./warnings.js";

export interface CallSettings {
  readonly options: RespondOptions;
  readonly warnings: SharedV4Warning[];
}

/**
 * @param reasons whether the model thinks before it answers
 * @throws {ArgumentError} for an option of `providerOptions.mullama` that is not known, or that contradicts a setting
 */
export function callSettings(call: LanguageModelV4CallOptions, reasons: boolean): CallSettings {
  const warnings = headerWarnings(call.headers);
  const own = languageModelOptions(call.providerOptions);
  const tools = functionTools(call, warnings);
  const toolChoice = toolChoiceOf(call);
  const output = outputOf(call, own.output, tools.length > 0 && mustCall(toolChoice));
  const { stopSequences = [] } = call;
  return {
    warnings,
    options: {
      ...definedOf({
        maxTokens: call.maxOutputTokens,
        temperature: call.temperature,
        topP: call.topP,
        topK: call.topK,
        presencePenalty: call.presencePenalty,
        frequencyPenalty: call.frequencyPenalty,
        seed: call.seed,
        signal: call.abortSignal,
      }),
      ...reasoningOptions(call.reasoning, reasons, warnings),
      ...own,
      ...(stopSequences.length === 0 ? {} : { stop: stopSequences }),
      ...(tools.length === 0 ? {} : { tools, toolChoice }),
      ...(output === undefined ? {} : { output }),
    },
  };
}

function functionTools({ tools = [] }: LanguageModelV4CallOptions, warnings: SharedV4Warning[]): ToolDefinition[] {
  return tools.flatMap((tool) => {
    if (tool.type === "function") return [definitionOf(tool, warnings)];
    warnings.push({ type: "unsupported", feature: `provider-defined tool ${tool.id}` });
    return [];
  });
}

/** Calls keep to their schema whatever `strict` says. */
function definitionOf(tool: LanguageModelV4FunctionTool, warnings: SharedV4Warning[]): ToolDefinition {
  const { name, description, inputSchema, inputExamples = [] } = tool;
  if (inputExamples.length > 0) {
    const details = "Put them into the description, as addToolInputExamplesMiddleware() does.";
    warnings.push({ type: "unsupported", feature: `inputExamples of the tool ${name}`, details });
  }
  return { name, description, parameters: inputSchema as JsonSchema };
}

function toolChoiceOf({ toolChoice }: LanguageModelV4CallOptions): ToolChoice {
  if (toolChoice === undefined) return "auto";
  return toolChoice.type === "tool" ? { name: toolChoice.toolName } : toolChoice.type;
}

function mustCall(choice: ToolChoice): boolean {
  return choice !== "auto" && choice !== "none";
}

/** What must be a call is no answer in a form; the AI SDK asks for both at once in a loop of tools. */
function outputOf(
  { responseFormat }: LanguageModelV4CallOptions,
  own: OutputFormat | undefined,
  calls: boolean,
): OutputFormat | undefined {
  if (responseFormat?.type !== "json") return own;
  if (own !== undefined)
    throw new ArgumentError("providerOptions.mullama.output", "left out where the response format is JSON", own);
  return calls ? undefined : { schema: (responseFormat.schema as JsonSchema | undefined) ?? { type: "object" } };
}
