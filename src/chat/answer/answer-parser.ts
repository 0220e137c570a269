import { randomBytes } from "node:crypto";
import type { ToolCall } from "../message.js";
import type { ToolDefinition } from "../tools/tool-definition.js";
import type { AnswerSyntax, CallSyntax } from "./answer-syntax.js";
import { type CallBegin, type CallTrigger, callTrigger } from "./call-trigger.js";
import { heldBack, matchLiteral } from "./literal.js";
import { parseCalls, type ParsedCall } from "./parse-calls.js";

/** A piece of an answer, told apart. */
export type AnswerEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  /** A call has begun. */
  | { readonly type: "tool-call-start"; readonly index: number; readonly id: string; readonly name: string }
  /** More of the JSON of its arguments. */
  | { readonly type: "tool-call-delta"; readonly index: number; readonly id: string; readonly text: string }
  /** A call is whole. */
  | { readonly type: "tool-call"; readonly index: number; readonly call: ToolCall };

/** Tells the parts of an answer apart, as its text comes. */
export interface AnswerParser {
  /** Whether the model is thinking. */
  readonly reasoning: boolean;
  push(text: string): AnswerEvent[];
  /** Says that nothing more will come. */
  finish(): AnswerEvent[];
}

export interface AnswerParserOptions {
  readonly syntax: AnswerSyntax;
  /** Whether the prompt has begun the model's thinking. */
  readonly inReasoning: boolean;
  /** The tools that may be called; none, and nothing is read as a call. */
  readonly tools: readonly ToolDefinition[];
}

type State = "start" | "reasoning" | "answer" | "content" | "calls";

/** Tells apart what is marked as `AnswerSyntax` can say. */
export class MarkedAnswerParser implements AnswerParser {
  readonly #options: AnswerParserOptions;
  readonly #trigger: CallTrigger;
  readonly #marks: readonly string[];
  /** Whether something was said already. */
  #said = false;
  #state: State;
  #buffer = "";
  /** White space that is left out where nothing comes behind it. */
  #space = "";
  #calls: CallEvents;
  #events: AnswerEvent[] = [];

  constructor(options: AnswerParserOptions) {
    this.#options = options;
    const { syntax, tools, inReasoning } = options;
    this.#state = inReasoning ? "reasoning" : "start";
    this.#trigger = tools.length === 0 ? {} : callTrigger(syntax, tools);
    this.#marks = [...(this.#trigger.anywhere?.marks ?? []), syntax.content.close].filter((mark) => mark !== "");
    this.#calls = new CallEvents(syntax.calls, tools, 0);
  }

  get reasoning(): boolean {
    return this.#state === "reasoning";
  }

  push(text: string): AnswerEvent[] {
    this.#buffer += text;
    return this.#run(false);
  }

  finish(): AnswerEvent[] {
    return this.#run(true);
  }

  #run(final: boolean): AnswerEvent[] {
    this.#events = [];
    while (this.#step(final));
    return this.#events;
  }

  /** @returns whether there is more to do now */
  #step(final: boolean): boolean {
    switch (this.#state) {
      case "start":
        return this.#begin(final, this.#options.syntax.reasoning.open.trim());
      case "reasoning":
        return this.#think(final);
      case "answer":
        return this.#begin(final, undefined);
      case "content":
        return this.#say(final);
      case "calls":
        return this.#call(final);
    }
  }

  /** At the beginning, and behind what was thought: thoughts, a mark of content, or content itself. */
  #begin(final: boolean, reasoning: string | undefined): boolean {
    const { content } = this.#options.syntax;
    const text = this.#buffer.trimStart();
    if (text === "" && !final) return false;
    const marks = [reasoning ?? "", content.open.trim()].filter((mark) => mark !== "");
    const found = marks.find((mark) => text.startsWith(mark));
    if (found !== undefined) {
      this.#buffer = text.slice(found.length).replace(/^\n/, "");
      this.#state = found === reasoning ? "reasoning" : "content";
      return true;
    }
    if (!final && marks.some((mark) => mark.startsWith(text))) return false;
    if (reasoning === undefined) this.#buffer = text;
    this.#state = "content";
    return true;
  }

  #think(final: boolean): boolean {
    const { close, open } = this.#options.syntax.reasoning;
    // Some write the mark again that the prompt has written already.
    if (this.#events.length === 0 && this.#buffer.trimStart().startsWith(open.trim()) && open.trim() !== "")
      this.#buffer = this.#buffer.trimStart().slice(open.trim().length).replace(/^\n/, "");
    const mark = close.trim();
    const at = this.#buffer.indexOf(mark);
    if (at >= 0) {
      this.#emit("reasoning", this.#buffer.slice(0, at).trimEnd());
      this.#space = "";
      this.#buffer = this.#buffer.slice(at + mark.length);
      this.#state = "answer";
      return true;
    }
    this.#pour("reasoning", final ? 0 : heldBack(this.#buffer, [mark, open.trim()]));
    return false;
  }

  #say(final: boolean): boolean {
    const call = this.#findCall();
    const { close } = this.#options.syntax.content;
    const end = close.trim() === "" ? -1 : this.#buffer.indexOf(close.trim());
    if (call !== undefined && (end < 0 || call.from <= end)) {
      this.#emit("text", this.#buffer.slice(0, call.from).trimEnd());
      this.#space = "";
      this.#buffer = this.#buffer.slice(call.begin);
      this.#state = "calls";
      return true;
    }
    if (!final && this.#mayCall(Math.max(0, end))) return false;
    if (end >= 0) {
      this.#emit("text", this.#buffer.slice(0, end));
      this.#buffer = this.#buffer.slice(end + close.trim().length);
      return this.#buffer !== "";
    }
    this.#pour("text", final ? 0 : heldBack(this.#buffer, this.#marks));
    if (final && this.#calls.count === 0) this.#release("text");
    return false;
  }

  /** Where the first call begins, and what leads to it. */
  #findCall(): { readonly from: number; readonly begin: number } | undefined {
    const { first, anywhere } = this.#trigger;
    return (this.#said ? undefined : find(this.#buffer, first, "^\\s*")) ?? find(this.#buffer, anywhere, "");
  }

  /** Whether what stands at an index, or at the beginning, may become the first call, once more of it has come. */
  #mayCall(index: number): boolean {
    const { first, anywhere } = this.#trigger;
    const may = (begin: CallBegin | undefined, at: number): boolean =>
      begin?.marks.some((mark) => matchLiteral(this.#buffer, at, mark) === "partial") ?? false;
    return may(anywhere, index) || (!this.#said && may(first, 0));
  }

  #call(final: boolean): boolean {
    const read = this.#calls.update(this.#buffer, this.#events, final);
    if (read.failed) {
      // Something that only looked like a call.
      const [first = ""] = Array.from(this.#buffer);
      this.#emit("text", first);
      this.#buffer = this.#buffer.slice(first.length);
      this.#state = "content";
      return this.#buffer !== "" || final;
    }
    if (read.end === undefined) {
      if (!final || this.#calls.count > 0) return false;
      this.#emit("text", this.#buffer);
      this.#buffer = "";
      return false;
    }
    this.#buffer = this.#buffer.slice(read.end);
    this.#calls = new CallEvents(this.#options.syntax.calls, this.#options.tools, this.#calls.count);
    this.#state = "content";
    this.#buffer = this.#buffer.trimStart();
    return this.#buffer !== "";
  }

  /** Gives all but the last characters, and keeps white space until something follows. */
  #pour(type: "text" | "reasoning", keep: number): void {
    const ready = this.#buffer.slice(0, this.#buffer.length - keep);
    this.#buffer = this.#buffer.slice(ready.length);
    const said = ready.trimEnd();
    if (said === "") {
      this.#space += ready;
      return;
    }
    this.#emit(type, said);
    this.#space = ready.slice(said.length);
  }

  #release(type: "text" | "reasoning"): void {
    if (this.#space !== "") this.#events.push({ type, text: this.#space });
    this.#space = "";
  }

  #emit(type: "text" | "reasoning", text: string): void {
    if (text === "") return;
    const whole = this.#space + text;
    this.#space = "";
    if (type === "text") this.#said = true;
    this.#events.push({ type, text: whole });
  }
}

function find(text: string, begin: CallBegin | undefined, before: string): { from: number; begin: number } | undefined {
  const found = begin === undefined ? null : new RegExp(`${before}${begin.lead}(${begin.call})`).exec(text);
  if (found === null) return undefined;
  const [whole, call = ""] = found;
  return { from: found.index, begin: found.index + whole.length - call.length };
}

/** Tells of calls what is new about them. */
export class CallEvents {
  readonly #syntax: CallSyntax;
  readonly #tools: readonly ToolDefinition[];
  readonly #first: number;
  readonly #known: { id: string; sent: number; done: boolean }[] = [];

  constructor(syntax: CallSyntax, tools: readonly ToolDefinition[], first: number) {
    this.#syntax = syntax;
    this.#tools = tools;
    this.#first = first;
  }

  /** How many there are, those before counted. */
  get count(): number {
    return this.#first + this.#known.length;
  }

  /** @param final whether no more will come: then a call with whole arguments is whole, whatever else is missing */
  update(
    text: string,
    events: AnswerEvent[],
    final: boolean,
  ): { readonly end: number | undefined; readonly failed: boolean } {
    const { calls, end, failed } = parseCalls(text, this.#syntax, this.#tools);
    for (const [at, call] of calls.entries())
      this.tell(at, final && call.argumentsWhole ? { ...call, complete: true } : call, events);
    return { end, failed: failed && this.#known.length === 0 };
  }

  tell(
    at: number,
    { name, id, argumentsText, complete }: Omit<ParsedCall, "argumentsWhole">,
    events: AnswerEvent[],
  ): void {
    if (name === undefined) return;
    const index = this.#first + at;
    let known = this.#known[at];
    if (known === undefined) {
      known = { id: id ?? callId(), sent: 0, done: false };
      this.#known[at] = known;
      events.push({ type: "tool-call-start", index, id: known.id, name });
    }
    if (known.done) return;
    const more = argumentsText.slice(known.sent);
    if (more !== "") events.push({ type: "tool-call-delta", index, id: known.id, text: more });
    known.sent += more.length;
    if (!complete) return;
    known.done = true;
    events.push({ type: "tool-call", index, call: { id: known.id, name, arguments: argumentsOf(argumentsText) } });
  }
}

/** Nine letters and digits, which is what the strictest templates take. */
function callId(): string {
  return randomBytes(8).toString("base64url").replace(/[-_]/g, "x").slice(0, 9);
}

function argumentsOf(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
