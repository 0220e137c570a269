import type { ChatMessage } from "../../../chat/message.js";
import type { OutputFormat, RespondOptions } from "../../../chat/respond-options.js";
import type { ToolChoice } from "../../../chat/tools/tool-definition.js";
import { definedOf } from "../../../engine/defined-of.js";
import type { LoadedModel } from "../../../mullama.js";
import type { ServedModel } from "../../directory/served-model.js";
import { HttpError } from "../../http/http-error.js";
import { tokensWithin } from "../../limits/tokens-within.js";
import { readSampling } from "../sampling-fields.js";
import { readMessages } from "./read-messages.js";
import type { ChatRequest } from "./request-schema.js";

/** A conversation to answer, and how. */
export interface ChatCall {
  readonly messages: readonly ChatMessage[];
  readonly options: RespondOptions;
}

/** What a request asks of the model that it names. */
export function readChatRequest(request: ChatRequest, model: LoadedModel, served: ServedModel): ChatCall {
  const { tools, stop, reasoning_effort: effort, chat_template_kwargs: variables } = request;
  const maxTokens =
    request.max_completion_tokens === undefined
      ? tokensWithin(served, request.max_tokens, "max_tokens")
      : tokensWithin(served, request.max_completion_tokens, "max_completion_tokens");
  const messages = readMessages(request.messages);
  const system = served.system !== undefined && messages.every(({ role }) => role !== "system") ? served.system : "";
  return {
    messages: system === "" ? messages : [{ role: "system", content: system }, ...messages],
    options: {
      ...served.defaults,
      ...readSampling(request),
      ...definedOf({
        maxTokens,
        logprobs: readLogprobCount(request),
        stop: typeof stop === "string" ? [stop] : stop,
        tools: tools?.map(({ function: { name, description, parameters } }) =>
          definedOf({ name, description, parameters: parameters ?? undefined }),
        ) as RespondOptions["tools"],
        toolChoice: readToolChoice(request),
        parallelToolCalls: request.parallel_tool_calls,
        output: readOutput(request),
        variables: effort === undefined ? variables : { reasoning_effort: effort, ...variables },
        // A model that does not think cannot be made to.
        reasoning: effort !== undefined && model.chatFormat.traits.reasons ? effort !== "none" : undefined,
      }),
    },
  };
}

function readLogprobCount({ logprobs = false, top_logprobs: top }: ChatRequest): number | undefined {
  if (logprobs) return top ?? 0;
  if (top === undefined) return undefined;
  throw new HttpError("ARGUMENT_INVALID", "top_logprobs: It needs logprobs: true.", { param: "top_logprobs" });
}

function readToolChoice({ tool_choice: choice, tools = [] }: ChatRequest): ToolChoice | undefined {
  if (choice === undefined || typeof choice === "string") {
    if (choice !== "required" || tools.length > 0) return choice;
    throw new HttpError("ARGUMENT_INVALID", "tool_choice: There are no tools.", { param: "tool_choice" });
  }
  const { name } = choice.function;
  if (tools.some((tool) => tool.function.name === name)) return { name };
  throw new HttpError("ARGUMENT_INVALID", `tool_choice: There is no tool ${JSON.stringify(name)}.`, {
    param: "tool_choice",
  });
}

function readOutput({ response_format: format, grammar, tool_choice: choice }: ChatRequest): OutputFormat | undefined {
  const output = grammar === undefined ? formatOf(format) : { grammar };
  if (output !== undefined && choice !== undefined && choice !== "auto" && choice !== "none") {
    throw new HttpError("ARGUMENT_INVALID", "response_format: An answer that must call tools has no other form.", {
      param: grammar === undefined ? "response_format" : "grammar",
    });
  }
  return output;
}

function formatOf(format: ChatRequest["response_format"]): OutputFormat | undefined {
  switch (format?.type) {
    case "json_object":
      return { schema: format.schema ?? { type: "object" } };
    case "json_schema":
      return { schema: format.json_schema.schema ?? {} };
    default:
      return undefined;
  }
}
