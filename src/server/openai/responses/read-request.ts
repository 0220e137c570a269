import type { LoadedModel } from "../../../mullama.js";
import type { ServedModel } from "../../directory/served-model.js";
import { definedOf } from "../../../engine/defined-of.js";
import { tokensWithin } from "../../limits/tokens-within.js";
import { validate } from "../../http/validate.js";
import { type ChatCall, readChatRequest } from "../chat/read-request.js";
import { chatRequestSchema } from "../chat/request-schema.js";
import { readInput } from "./read-input.js";
import type { ResponsesRequest } from "./request-schema.js";

/** What a request asks of the model that it names: it is a chat in other words. */
export function readResponsesRequest(request: ResponsesRequest, model: LoadedModel, served: ServedModel): ChatCall {
  const { tools, tool_choice: choice, text, reasoning } = request;
  const chat = definedOf({
    messages: readInput(request),
    max_completion_tokens: tokensWithin(served, request.max_output_tokens, "max_output_tokens"),
    temperature: request.temperature,
    top_p: request.top_p,
    tools: tools?.map(({ name, description, parameters }) => ({
      type: "function",
      function: definedOf({ name, description: description ?? undefined, parameters: parameters ?? undefined }),
    })),
    tool_choice: typeof choice === "object" ? { type: "function", function: { name: choice.name } } : choice,
    parallel_tool_calls: request.parallel_tool_calls,
    response_format: readFormat(text),
    reasoning_effort: reasoning?.effort ?? undefined,
  });
  return readChatRequest(validate(chatRequestSchema, chat), model, served);
}

function readFormat(text: ResponsesRequest["text"]): object | undefined {
  const format = text?.format;
  if (format?.type !== "json_schema") return format;
  return { type: "json_schema", json_schema: { schema: format.schema } };
}
