import type { ChatMessage, ToolCall } from "../../../../chat/message.js";
import { textOf } from "../../../../chat/message.js";
import { type ReadTool, readTools, runTool } from "../../../../chat/tools/tool.js";
import { definedOf } from "../../../../engine/defined-of.js";
import type { ServiceClient } from "../../../service/service-client.js";
import type { OpenTools } from "./open-tools.js";
import type { Talker, TalkEvent, TalkSettings } from "./talker.js";

/** How often a model may call tools before it has to answer, as in a chat of this process. */
const MAX_STEPS = 8;

interface Line {
  readonly message?: {
    readonly content?: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly {
      readonly id?: string;
      readonly function: { readonly name: string; readonly arguments?: unknown };
    }[];
  };
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration?: number;
  readonly eval_count?: number;
  readonly eval_duration?: number;
}

type End = Extract<TalkEvent, { type: "end" }>;

/** A service that answers. What it wants tools to do, this process does. */
export class RemoteTalker implements Talker {
  readonly tools: readonly string[];
  readonly isLocal = false;
  readonly #service: ServiceClient;
  readonly #model: string;
  readonly #opened: OpenTools;

  constructor(service: ServiceClient, model: string, opened: OpenTools) {
    this.#service = service;
    this.#model = model;
    this.#opened = opened;
    this.tools = Object.keys(opened.tools);
  }

  async prepare({ parameters }: TalkSettings, signal: AbortSignal): Promise<void> {
    const body = { model: this.#model, messages: [], options: parameters, stream: false };
    await this.#service.post("/api/chat", body, signal);
    signal.throwIfAborted();
  }

  async *answer(
    messages: readonly ChatMessage[],
    settings: TalkSettings,
    signal: AbortSignal,
  ): AsyncGenerator<TalkEvent> {
    const known = await readTools(this.#opened.tools);
    const added: ChatMessage[] = [];
    let sum: End | undefined;
    for (let step = 1; ; step++) {
      const tools = step < MAX_STEPS ? [...known.values()] : [];
      const end = yield* this.#ask([...messages, ...added], settings, tools, signal);
      added.push(...end.messages);
      sum = sumOf(sum, end);
      const calls = added.at(-1)?.toolCalls ?? [];
      if (calls.length === 0 || tools.length === 0) break;
      const before = [...messages, ...added];
      const answers = await Promise.all(calls.map((call) => runTool(known.get(call.name), call, before, signal)));
      for (const { call, text } of answers) {
        added.push({ role: "tool", content: text, toolCallId: call.id, toolName: call.name });
        yield { type: "tool", name: call.name, given: call.arguments, answer: text };
      }
    }
    yield { ...sum, messages: added };
  }

  /** Asks once. @returns the end of the answer, whose only message may call tools */
  async *#ask(
    messages: readonly ChatMessage[],
    { system, parameters, think, format }: TalkSettings,
    tools: readonly ReadTool[],
    signal: AbortSignal,
  ): AsyncGenerator<TalkEvent, End> {
    const said = system === undefined ? messages : [{ role: "system", content: system }, ...messages];
    const body = definedOf({
      model: this.#model,
      messages: said.map(plain),
      options: parameters,
      think,
      format,
      tools:
        tools.length === 0 ? undefined : tools.map(({ definition }) => ({ type: "function", function: definition })),
    });
    let [text, thoughts] = ["", ""];
    const toolCalls: ToolCall[] = [];
    let last: Line = {};
    for await (const line of this.#service.stream<Line>("/api/chat", body, signal)) {
      last = line;
      const { content = "", thinking = "", tool_calls: calls = [] } = line.message ?? {};
      text += content;
      thoughts += thinking;
      if (thinking !== "") yield { type: "thought", text: thinking };
      if (content !== "") yield { type: "text", text: content };
      // Ollama's own calls have no ids.
      for (const { id = `call_${messages.length}_${toolCalls.length}`, function: called } of calls)
        toolCalls.push({ id, name: called.name, arguments: called.arguments ?? {} });
    }
    const message: ChatMessage = {
      role: "assistant",
      content: text,
      ...(thoughts === "" ? {} : { reasoning: thoughts }),
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
    };
    return endOf(last, message);
  }

  [Symbol.asyncDispose](): Promise<void> {
    // The service goes on.
    return this.#opened.dispose();
  }
}

function endOf(last: Line, message: ChatMessage): End {
  return {
    type: "end",
    messages: [message],
    promptTokens: last.prompt_eval_count ?? 0,
    cachedTokens: 0,
    completionTokens: last.eval_count ?? 0,
    promptTime: (last.prompt_eval_duration ?? 0) / 1e6,
    completionTime: (last.eval_duration ?? 0) / 1e6,
    length: last.done_reason === "length",
    dropped: 0,
  };
}

/** An answer with those before it, which called tools. */
function sumOf(before: End | undefined, end: End): End {
  if (before === undefined) return end;
  return {
    ...end,
    promptTokens: before.promptTokens + end.promptTokens,
    completionTokens: before.completionTokens + end.completionTokens,
    promptTime: before.promptTime + end.promptTime,
    completionTime: before.completionTime + end.completionTime,
  };
}

function plain(message: ChatMessage): object {
  const { role, reasoning, toolCalls, toolCallId, toolName } = message;
  return definedOf({
    role,
    content: textOf(message),
    thinking: reasoning,
    tool_calls: toolCalls?.map(({ id, name, arguments: given }) => ({ id, function: { name, arguments: given } })),
    tool_call_id: toolCallId,
    tool_name: toolName,
  });
}
