/** Reads gpt-oss's answers: messages, each in a channel, some of them to a tool. */
import type { ToolDefinition } from "../tools/tool-definition.js";
import { CallEvents, type AnswerEvent, type AnswerParser } from "./answer-parser.js";
import { hermesCalls } from "./known-syntax.js";
import { heldBack } from "./literal.js";

const ends = ["<|end|>", "<|call|>", "<|return|>", "<|start|>"] as const;
const MESSAGE = "<|message|>";

type Body = { readonly kind: "reasoning" | "text" } | { readonly kind: "call"; readonly name: string };

export class HarmonyAnswerParser implements AnswerParser {
  readonly #calls: CallEvents;
  readonly #called: boolean;
  #buffer = "";
  #body: Body | undefined;
  #arguments = "";
  #count = 0;

  /** @param tools that may be called */
  constructor(tools: readonly ToolDefinition[]) {
    this.#called = tools.length > 0;
    this.#calls = new CallEvents(hermesCalls, tools, 0);
  }

  get reasoning(): boolean {
    return this.#body?.kind === "reasoning";
  }

  push(text: string): AnswerEvent[] {
    this.#buffer += text;
    return this.#run(false);
  }

  finish(): AnswerEvent[] {
    const events = this.#run(true);
    // A header that never came to its message is what the model said.
    if (this.#body === undefined && this.#buffer.trim() !== "" && !this.#buffer.includes("<|"))
      events.push({ type: "text", text: this.#buffer });
    return events;
  }

  #run(final: boolean): AnswerEvent[] {
    const events: AnswerEvent[] = [];
    for (;;) {
      if (this.#body === undefined) {
        const at = this.#buffer.indexOf(MESSAGE);
        if (at < 0) return events;
        this.#body = this.#header(this.#buffer.slice(0, at));
        this.#buffer = this.#buffer.slice(at + MESSAGE.length);
        this.#arguments = "";
        continue;
      }
      const found = ends.map((mark) => ({ mark, at: this.#buffer.indexOf(mark) })).filter(({ at }) => at >= 0);
      const [end] = found.sort((one, other) => one.at - other.at);
      const keep = final ? 0 : heldBack(this.#buffer, ends);
      const ready = this.#buffer.slice(0, end?.at ?? this.#buffer.length - keep);
      this.#tell(this.#body, ready, end !== undefined || final, events);
      if (end === undefined) {
        this.#buffer = this.#buffer.slice(ready.length);
        return events;
      }
      this.#buffer = this.#buffer.slice(end.at + end.mark.length);
      if (this.#body.kind === "call") this.#count++;
      this.#body = undefined;
    }
  }

  #header(text: string): Body {
    const to = /to=(?:functions\.)?([\w.-]+)/.exec(text)?.[1];
    if (to !== undefined && this.#called) return { kind: "call", name: to };
    return { kind: /<\|channel\|>\s*analysis/.test(text) ? "reasoning" : "text" };
  }

  #tell(body: Body, text: string, whole: boolean, events: AnswerEvent[]): void {
    if (body.kind !== "call") {
      if (text !== "") events.push({ type: body.kind, text });
      return;
    }
    this.#arguments += text;
    const complete = whole && isJson(this.#arguments);
    this.#calls.tell(this.#count, { name: body.name, id: undefined, argumentsText: this.#arguments, complete }, events);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
