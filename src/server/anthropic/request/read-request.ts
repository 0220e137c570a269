import type { ChatMessage } from "../../../chat/message.js";
import type { RespondOptions } from "../../../chat/respond-options.js";
import type { ToolChoice } from "../../../chat/tools/tool-definition.js";
import { definedOf } from "../../../engine/defined-of.js";
import type { LoadedModel } from "../../../mullama.js";
import type { ServedModel } from "../../directory/served-model.js";
import { HttpError } from "../../http/http-error.js";
import { tokensWithin } from "../../limits/tokens-within.js";
import { readMessages } from "./read-messages.js";
import type { CountTokensRequest, MessagesRequest } from "./request-schema.js";

/** A conversation to answer, and how. */
export interface MessagesCall {
  readonly messages: readonly ChatMessage[];
  readonly options: RespondOptions;
}

/** What a request asks of the model that it names. */
export function readMessagesRequest(
  request: MessagesRequest | CountTokensRequest,
  model: LoadedModel,
  served: ServedModel,
): MessagesCall {
  const { messages, prefill } = readMessages(request, served.system);
  const { tools, tool_choice: choice, output_config: output } = request;
  const effort = output?.effort ?? undefined;
  return {
    messages,
    options: {
      ...served.defaults,
      ...("max_tokens" in request ? readSampling(request, served) : {}),
      ...definedOf({
        prefill,
        tools: tools?.map(({ name, description, input_schema: parameters }) => ({
          name,
          parameters,
          ...definedOf({ description: description ?? undefined }),
        })),
        toolChoice: readToolChoice(request),
        parallelToolCalls:
          choice !== undefined && choice.type !== "none" && choice.disable_parallel_tool_use === true
            ? false
            : undefined,
        output: readOutput(request),
        variables: effort === undefined ? undefined : { reasoning_effort: effort },
        // A model that does not think cannot be made to.
        reasoning: model.chatFormat.traits.reasons ? readThinking(request) : undefined,
      }),
    },
  };
}

function readSampling(request: MessagesRequest, served: ServedModel): RespondOptions {
  const { max_tokens: wanted, temperature, top_p: topP, top_k: topK, stop_sequences: stop } = request;
  const maxTokens = tokensWithin(served, wanted, "max_tokens");
  return definedOf({ maxTokens, temperature, topP, topK, stop });
}

/** Who does not ask for thoughts does not expect any. */
function readThinking({ thinking }: CountTokensRequest): RespondOptions["reasoning"] {
  if (thinking?.type === "enabled") return { budget: thinking.budget_tokens };
  return thinking?.type === "adaptive";
}

function readToolChoice({ tool_choice: choice, tools = [] }: CountTokensRequest): ToolChoice | undefined {
  if (choice === undefined || choice.type === "auto" || choice.type === "none") return choice?.type;
  if (choice.type === "any" && tools.length > 0) return "required";
  if (choice.type === "tool" && tools.some(({ name }) => name === choice.name)) return { name: choice.name };
  const problem = choice.type === "any" ? "There are no tools." : `There is no tool ${JSON.stringify(choice.name)}.`;
  throw new HttpError("ARGUMENT_INVALID", `tool_choice: ${problem}`, { param: "tool_choice" });
}

function readOutput({ output_config: config, tool_choice: choice }: CountTokensRequest): RespondOptions["output"] {
  const schema = config?.format?.schema;
  if (schema === undefined) return undefined;
  if (choice?.type !== "any" && choice?.type !== "tool") return { schema };
  throw new HttpError("ARGUMENT_INVALID", "output_config.format: An answer that must call tools has no other form.", {
    param: "output_config.format",
  });
}
