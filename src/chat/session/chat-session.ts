import { ArgumentError, MullamaError } from "../../errors.js";
import type { ChatFormat, ChatPrompt } from "../chat-format.js";
import { ChatStream } from "../chat-stream.js";
import { type ChatMessage, requireMessages } from "../message.js";
import { promptTokens } from "../prompt-tokens.js";
import { respond, respondTo, writePrompt } from "../respond.js";
import type { Responder } from "../responder.js";
import type { ChatEvent, ChatResult, RespondOptions, SeenText } from "../respond-options.js";
import { type ReadTool, readTools, runTool, type ToolAnswer } from "../tools/tool.js";
import { messagesToDrop, summaryRequest } from "./context-window.js";
import { type ChatRecord, packChat } from "./saved-chat.js";
import type { ChatReply, ChatSessionOptions, SendOptions } from "./session-options.js";

const MAX_STEPS = 8;
const SUMMARY_TOKENS = 256;

/**
 * A conversation. Its history is plain JSON; what the model has computed of it is kept in the engine's cache, so that each
 * turn computes only what is new.
 *
 * @example
 * const chat = model.chat({ system: "You are brief." });
 * console.log((await chat.send("Why is the sky blue?")).text);
 * for await (const event of chat.stream("And at dusk?")) if (event.type === "text") process.stdout.write(event.text);
 */
export class ChatSession {
  readonly #responder: Omit<Responder, "known">;
  readonly #options: ChatSessionOptions;
  #history: readonly ChatMessage[];
  #tools: Promise<ReadonlyMap<string, ReadTool>> | undefined;
  #seen: SeenText | undefined;
  #dropped = 0;
  #summary = "";
  #busy = false;

  /** @internal Use `model.chat`. */
  constructor(responder: Omit<Responder, "known">, options: ChatSessionOptions, record?: ChatRecord) {
    const history = record?.history ?? options.history ?? [];
    requireMessages(history);
    const { system } = options;
    if (system !== undefined && typeof system !== "string") throw new ArgumentError("system", "a string", system);
    this.#responder = responder;
    this.#options = { ...options, ...(record?.system === undefined ? {} : { system: record.system }) };
    this.#history = history;
    if (record === undefined) return;
    this.#dropped = record.dropped;
    this.#summary = record.summary;
    if (record.seen !== undefined) this.#seen = { text: record.seen.text, tokens: Int32Array.from(record.seen.tokens) };
  }

  /** What was said, without the system message; plain JSON. */
  get history(): readonly ChatMessage[] {
    return this.#history;
  }

  /** The summary of what was left out, where `contextManagement` is `summarize`. */
  get summary(): string {
    return this.#summary;
  }

  /** How this model wants conversations written. */
  get format(): ChatFormat {
    return this.#responder.format;
  }

  /**
   * Says something, and waits for the answer, tools being run on the way. When it fails, the history stays as it was.
   *
   * @throws {MullamaError} what `respond` throws; `BUSY` while another answer is being made
   */
  send(message: string | ChatMessage, options: SendOptions = {}): Promise<ChatReply> {
    return this.stream(message, options).result;
  }

  /** Says something, and gives the answer as it comes. */
  stream(message: string | ChatMessage, options: SendOptions = {}): ChatStream<ChatReply> {
    const said = typeof message === "string" ? { role: "user", content: message } : message;
    return this.#answer(this.#history, [said], options);
  }

  /** Says something else in the place of a message, and forgets what came after it. @param index in the history */
  edit(index: number, message: string | ChatMessage, options: SendOptions = {}): ChatStream<ChatReply> {
    this.#checkIndex(index);
    const before = this.#history[index];
    const said = typeof message === "string" ? { role: before?.role ?? "user", content: message } : message;
    return this.#answer(this.#history.slice(0, index), [said], options);
  }

  /** Answers again. @param index of a message in the history; what follows the user's message before it is made anew */
  regenerate(index: number = this.#history.length - 1, options: SendOptions = {}): ChatStream<ChatReply> {
    this.#checkIndex(index);
    const asked = this.#history.slice(0, index + 1).findLastIndex(({ role }) => role === "user");
    if (asked < 0) throw new ArgumentError("index", "that of a message behind one of the user's", index);
    return this.#answer(this.#history.slice(0, asked), this.#history.slice(asked, asked + 1), options);
  }

  /** Gives the model what tools returned that have no `execute`, and lets it go on. */
  answerTools(
    answers: readonly { readonly toolCallId: string; readonly content: string }[],
    options: SendOptions = {},
  ): ChatStream<ChatReply> {
    const open = this.#history.at(-1)?.toolCalls ?? [];
    const said = answers.map(({ toolCallId, content }, index): ChatMessage => {
      const call = open.find(({ id }) => id === toolCallId);
      if (call === undefined)
        throw new ArgumentError(`answers[${index}].toolCallId`, "the id of an open call", toolCallId);
      return { role: "tool", content, toolCallId, toolName: call.name };
    });
    return this.#answer(this.#history, said, options);
  }

  /** Another conversation with the same beginning. @param length messages that it keeps; default all */
  branch(length: number = this.#history.length): ChatSession {
    if (!Number.isInteger(length) || length < 0 || length > this.#history.length)
      throw new ArgumentError("length", `an integer from 0 to ${this.#history.length}`, length);
    const branch = new ChatSession(this.#responder, { ...this.#options, history: this.#history.slice(0, length) });
    branch.#seen = this.#seen;
    branch.#tools = this.#tools;
    if (length >= this.#dropped) {
      branch.#dropped = this.#dropped;
      branch.#summary = this.#summary;
    }
    return branch;
  }

  /** The conversation with what the model remembers of it, for `model.loadChat`; a history alone is JSON already. */
  async save(): Promise<Uint8Array> {
    const { system } = this.#options;
    const seen = this.#seen;
    const state =
      seen === undefined
        ? new Uint8Array()
        : await this.#responder.client.request({ type: "save", tokens: seen.tokens });
    const record = { system, history: this.#history, dropped: this.#dropped, summary: this.#summary };
    return packChat({ ...record, ...(seen && { seen: { text: seen.text, tokens: [...seen.tokens] } }) }, state);
  }

  #checkIndex(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.#history.length) return;
    throw new ArgumentError("index", `that of a message, from 0 to ${this.#history.length - 1}`, index);
  }

  #answer(before: readonly ChatMessage[], said: readonly ChatMessage[], options: SendOptions): ChatStream<ChatReply> {
    requireMessages(said);
    const cancelled = new AbortController();
    let current: ChatStream | undefined;
    const events = this.#run(before, said, options, cancelled.signal, (stream) => (current = stream));
    return new ChatStream<ChatReply>({
      events,
      endReasoning: () => current?.endReasoning(),
      cancel: () => cancelled.abort(),
    });
  }

  async *#run(
    before: readonly ChatMessage[],
    said: readonly ChatMessage[],
    given: SendOptions,
    cancelled: AbortSignal,
    begun: (stream: ChatStream) => void,
  ): AsyncGenerator<ChatEvent<ChatReply>, ChatReply> {
    if (this.#busy) {
      throw new MullamaError("BUSY", "This conversation is being answered.", {
        hint: "Wait for the answer, or go on in a branch().",
      });
    }
    this.#busy = true;
    try {
      const {
        system: _system,
        history: _history,
        tools = {},
        contextManagement: _management,
        ...defaults
      } = this.#options;
      const { maxSteps = MAX_STEPS, signal, ...options } = { ...defaults, ...given };
      const all = signal === undefined ? cancelled : AbortSignal.any([signal, cancelled]);
      this.#tools ??= readTools(tools);
      const known = await this.#tools;
      const messages = [...before, ...said];
      const toolAnswers: ToolAnswer[] = [];
      for (let step = 1; ; step++) {
        const last = step >= maxSteps;
        const request: RespondOptions = {
          ...options,
          signal: all,
          tools: [...known.values()].map(({ definition }) => definition),
          // What must be called is called once; then it may.
          toolChoice: last && step > 1 ? "none" : step === 1 ? (options.toolChoice ?? "auto") : "auto",
        };
        const prompt = await this.#prompt(messages, request);
        const stream = respondTo({ ...this.#responder, known: this.#seen }, prompt, request);
        begun(stream);
        const result = yield* withoutFinish(stream);
        messages.push(result.message);
        this.#seen = result.seen;
        const runnable = result.toolCalls.every(
          ({ name }) => known.get(name)?.tool.execute !== undefined || !known.has(name),
        );
        if (result.toolCalls.length === 0 || !runnable || last) {
          this.#history = messages;
          const reply = this.#reply(result, step, toolAnswers, messages.slice(before.length));
          yield { type: "finish", ...reply };
          return reply;
        }
        const answers = await Promise.all(
          result.toolCalls.map((call) => runTool(known.get(call.name), call, [...messages], all)),
        );
        for (const answer of answers) {
          toolAnswers.push(answer);
          messages.push({ role: "tool", content: answer.text, toolCallId: answer.call.id, toolName: answer.call.name });
          yield { type: "tool-result", ...answer };
        }
      }
    } finally {
      this.#busy = false;
    }
  }

  #reply(
    result: ChatResult,
    steps: number,
    toolAnswers: readonly ToolAnswer[],
    messages: readonly ChatMessage[],
  ): ChatReply {
    return { ...result, steps, toolAnswers, messages, droppedMessages: this.#dropped };
  }

  /** What the model is shown: the system message, and as many of the last turns as there is room for. */
  async #prompt(messages: readonly ChatMessage[], options: RespondOptions): Promise<ChatPrompt> {
    const { contextManagement = "drop" } = this.#options;
    if (messages.length < this.#dropped) {
      this.#dropped = 0;
      this.#summary = "";
    }
    const write = (dropped: number): Promise<ChatPrompt> =>
      writePrompt(this.format, this.#withSystem(messages, dropped), options);
    if (contextManagement === "error") return write(0);
    const { contextSizePerSequence: size } = this.#responder.client.info;
    const room = size - Math.min(options.maxTokens ?? Math.floor(size / 4), Math.floor(size / 2));
    let written = { dropped: this.#dropped, prompt: await write(this.#dropped) };
    const count = async (dropped: number): Promise<number> => {
      if (dropped !== written.dropped) written = { dropped, prompt: await write(dropped) };
      const { prompt } = written;
      // A token is at least one byte, so what is short enough need not be counted.
      const most = Buffer.byteLength(prompt.text) + prompt.parts.length;
      if (most <= room) return most;
      return (await promptTokens({ ...this.#responder, known: this.#seen }, prompt)).length;
    };
    const dropped = await messagesToDrop(messages, this.#dropped, room, count);
    if (dropped > this.#dropped && contextManagement === "summarize") {
      await this.#sumUp(messages.slice(this.#dropped, dropped), options.signal);
      this.#dropped = dropped;
      return write(dropped);
    }
    this.#dropped = dropped;
    return dropped === written.dropped ? written.prompt : write(dropped);
  }

  /** Sums up what is left out. What is too long even for that is left out without. */
  async #sumUp(messages: readonly ChatMessage[], signal: AbortSignal | undefined): Promise<void> {
    const request = summaryRequest(this.#summary, messages);
    const options = { maxTokens: SUMMARY_TOKENS, reasoning: false, signal };
    try {
      const { text } = await respond(this.#responder, request, options).result;
      this.#summary = text.trim();
    } catch (error) {
      if (!MullamaError.isInstance(error) || error.code !== "PROMPT_TOO_LONG") throw error;
    }
  }

  #withSystem(messages: readonly ChatMessage[], dropped: number): readonly ChatMessage[] {
    const { system = "" } = this.#options;
    const summary = this.#summary === "" ? "" : `What was said before, summed up:\n${this.#summary}`;
    const text = [system, summary].filter((part) => part !== "").join("\n\n");
    const shown = messages.slice(dropped);
    return text === "" ? shown : [{ role: "system", content: text }, ...shown];
  }
}

/** All of an answer's events but its end, which is not the conversation's. */
async function* withoutFinish(stream: ChatStream): AsyncGenerator<Exclude<ChatEvent, { type: "finish" }>, ChatResult> {
  for await (const event of stream) if (event.type !== "finish") yield event;
  return stream.result;
}
