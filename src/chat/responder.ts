import type { EngineClient } from "../engine/hosts/engine-client.js";
import type { ChatFormat } from "./chat-format.js";
import type { SeenText } from "./respond-options.js";

/** What an answer is computed with. */
export interface Responder {
  readonly client: EngineClient;
  readonly format: ChatFormat;
  /** Tokens that a prompt may begin with, and their text; they take the place of tokenizing it again. */
  readonly known?: SeenText | undefined;
}
