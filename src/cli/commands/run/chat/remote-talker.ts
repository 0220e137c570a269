import type { ChatMessage } from "../../../../chat/message.js";
import { textOf } from "../../../../chat/message.js";
import { definedOf } from "../../../../engine/defined-of.js";
import type { ServiceClient } from "../../../service/service-client.js";
import type { Talker, TalkEvent, TalkSettings } from "./talker.js";

interface Line {
  readonly message?: { readonly content: string; readonly thinking?: string };
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration?: number;
  readonly eval_count?: number;
  readonly eval_duration?: number;
}

/** A service that answers. */
export class RemoteTalker implements Talker {
  readonly tools: readonly string[] = [];
  readonly isLocal = false;
  readonly #service: ServiceClient;
  readonly #model: string;

  constructor(service: ServiceClient, model: string) {
    this.#service = service;
    this.#model = model;
  }

  async prepare({ parameters }: TalkSettings): Promise<void> {
    await this.#service.post("/api/chat", { model: this.#model, messages: [], options: parameters, stream: false });
  }

  async *answer(
    messages: readonly ChatMessage[],
    { system, parameters, think, format }: TalkSettings,
    signal: AbortSignal,
  ): AsyncGenerator<TalkEvent> {
    const said = system === undefined ? messages : [{ role: "system", content: system }, ...messages];
    const body = definedOf({ model: this.#model, messages: said.map(plain), options: parameters, think, format });
    let [text, thoughts] = ["", ""];
    let last: Line = {};
    for await (const line of this.#service.stream<Line>("/api/chat", body, signal)) {
      last = line;
      const { content = "", thinking = "" } = line.message ?? {};
      text += content;
      thoughts += thinking;
      if (thinking !== "") yield { type: "thought", text: thinking };
      if (content !== "") yield { type: "text", text: content };
    }
    yield {
      type: "end",
      messages: [{ role: "assistant", content: text, ...(thoughts === "" ? {} : { reasoning: thoughts }) }],
      promptTokens: last.prompt_eval_count ?? 0,
      cachedTokens: 0,
      completionTokens: last.eval_count ?? 0,
      promptTime: (last.prompt_eval_duration ?? 0) / 1e6,
      completionTime: (last.eval_duration ?? 0) / 1e6,
      length: last.done_reason === "length",
      dropped: 0,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The service goes on.
  }
}

function plain(message: ChatMessage): object {
  const { role, reasoning } = message;
  return { role, content: textOf(message), ...(reasoning === undefined ? {} : { thinking: reasoning }) };
}
