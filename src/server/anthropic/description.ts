import type { ApiDescription } from "../openapi/operation.js";
import { failureSchema, messageEventSchema, messageSchema, tokenCountSchema } from "./answer/response-schema.js";
import { countTokensRequestSchema, messagesRequestSchema } from "./request/request-schema.js";

const model = "smollm2:135m";
const messages = [{ role: "user", content: "Why is the sky blue?" }];

/** Anthropic's API in the document. */
export const description: ApiDescription = {
  name: "Anthropic",
  says: "Anthropic's API. A field that is not described is refused with its name. `GET /v1/models` is there, too.",
  failure: { name: "AnthropicFailure", schema: failureSchema },
  operations: [
    {
      method: "post",
      path: "/v1/messages",
      summary: "Answers a conversation, in blocks",
      body: {
        name: "MessagesRequest",
        schema: messagesRequestSchema,
        example: { model, max_tokens: 16, messages },
      },
      answers: {
        200: {
          says: "The answer; where `stream` is true, Anthropic's events in its order.",
          json: { name: "Message", schema: messageSchema },
          events: { name: "MessageEvent", schema: messageEventSchema },
        },
      },
    },
    {
      method: "post",
      path: "/v1/messages/count_tokens",
      summary: "Counts the tokens of a conversation",
      body: { name: "CountTokensRequest", schema: countTokensRequestSchema, example: { model, messages } },
      answers: { 200: { says: "How many.", json: { name: "TokenCount", schema: tokenCountSchema } } },
    },
  ],
};
