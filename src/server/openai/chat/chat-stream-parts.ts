import type { LiveChats } from "../../live-chats.js";
import type { TakenModel } from "../../take-model.js";
import type { ChatCall } from "./read-request.js";
import type { ChatRequest } from "./request-schema.js";
import type { CompletionHead } from "./response-schema.js";

/** What a stream of an answer is made of. */
export interface ChatStreamParts {
  readonly liveChats: LiveChats;
  readonly taken: TakenModel;
  readonly request: ChatRequest;
  readonly call: ChatCall;
  readonly head: CompletionHead;
}
