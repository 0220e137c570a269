/** Answers a conversation: writes the prompt, holds the answer to what was asked, and tells its parts apart. */
import { ArgumentError, MullamaError } from "../errors.js";
import type { GenerationChunk, GenerationFinish } from "../engine/protocol.js";
import type { GrammarOptions } from "../engine/sampling/sampling-options.js";
import type { TokenLogprobs } from "../engine/sampling/token-logprobs.js";
import { type AnswerEvent, type AnswerParser, MarkedAnswerParser } from "./answer/answer-parser.js";
import { HarmonyAnswerParser } from "./answer/harmony-parser.js";
import type { ChatFormat, ChatPrompt } from "./chat-format.js";
import { appended, promptTokens } from "./prompt-tokens.js";
import type { Responder } from "./responder.js";
import { ChatStream } from "./chat-stream.js";
import { makeGrammar } from "./aside/make-grammar.js";
import { writePromptAside } from "./aside/write-prompt.js";
import type { AnswerBegin } from "./grammar/answer-grammar.js";
import type { ChatMessage, ToolCall } from "./message.js";
import type { ChatEvent, ChatResult, RespondOptions, SeenText } from "./respond-options.js";
import { checkToolChoice, checkTools, type ToolDefinition } from "./tools/tool-definition.js";

/** Answers a conversation. */
export function respond(
  responder: Responder,
  messages: readonly ChatMessage[],
  options: RespondOptions = {},
): ChatStream {
  return new ChatStream(new Answer(responder, () => writePrompt(responder.format, messages, options), options));
}

/** Answers what was written as a prompt already, with the same options. */
export function respondTo(responder: Responder, prompt: ChatPrompt, options: RespondOptions): ChatStream {
  return new ChatStream(new Answer(responder, async () => prompt, options));
}

/** Writes the conversation as these options want it. */
export function writePrompt(
  format: ChatFormat,
  messages: readonly ChatMessage[],
  options: RespondOptions,
): Promise<ChatPrompt> {
  const { tools = [], documents, variables, prefill, signal } = options;
  checkTools(tools);
  // What is held to a form is not thought about, unless someone says so.
  const reasoning = reasoningWanted(options) ?? (options.output === undefined ? undefined : false);
  const asked = { tools: toldTools(options), documents, variables, prefill, reasoning };
  return writePromptAside(format, messages, asked, signal);
}

/** The tools that the model is told of. */
function toldTools({ tools = [], toolChoice }: RespondOptions): readonly ToolDefinition[] {
  return toolChoice === "none" ? [] : tools;
}

/** Whether the model shall think; undefined where nobody says so. */
function reasoningWanted({ reasoning }: RespondOptions): boolean | undefined {
  return reasoning === undefined ? undefined : reasoning !== false;
}

class Answer {
  readonly #responder: Responder;
  readonly #options: RespondOptions;
  readonly #write: () => Promise<ChatPrompt>;
  readonly #cancelled = new AbortController();
  readonly #tools: readonly ToolDefinition[];
  readonly #generated: number[] = [];
  readonly #logprobs: TokenLogprobs[] = [];
  readonly #calls: ToolCall[] = [];
  #raw = "";
  #text = "";
  #reasoning = "";
  #reasoningTokens = 0;
  #thoughtEnough = false;
  readonly events: AsyncGenerator<ChatEvent, ChatResult>;

  constructor(responder: Responder, write: () => Promise<ChatPrompt>, options: RespondOptions) {
    this.#responder = responder;
    this.#write = write;
    this.#options = options;
    this.#tools = toldTools(options);
    this.events = this.#run();
  }

  endReasoning(): void {
    this.#thoughtEnough = true;
  }

  cancel(): void {
    this.#cancelled.abort();
  }

  async *#run(): AsyncGenerator<ChatEvent, ChatResult> {
    const { format } = this.#responder;
    const { prefill = "", output } = this.#options;
    this.#check();
    const prompt = await this.#write();
    const wanted = reasoningWanted(this.#options);
    const parser = this.#parser(prompt);
    if (prefill !== "") yield* this.#tell(parser.push(prefill));
    const tokens = await promptTokens(this.#responder, prompt);
    let begin: AnswerBegin = {
      traits: format.traits,
      inReasoning: prompt.inReasoning,
      mayReason: prefill === "" && (wanted ?? (output === undefined && format.traits.reasons)),
    };
    let input = tokens;
    for (;;) {
      const finish = yield* this.#generate(parser, input, await this.#grammar(begin));
      if (finish !== undefined) {
        yield* this.#tell(parser.finish());
        const result = this.#result({ text: prompt.text, tokens }, finish);
        yield { type: "finish", ...result };
        return result;
      }
      // It has thought enough: its thoughts are closed, and it goes on behind them.
      const close = `\n${format.traits.syntax.reasoning.close}\n\n`;
      const closing = await this.#responder.client.request({
        type: "tokenize",
        text: close,
        addSpecial: false,
        parseSpecial: true,
      });
      this.#generated.push(...closing);
      this.#raw += close;
      yield* this.#tell(parser.push(close));
      input = appended(tokens, this.#generated);
      begin = { ...begin, inReasoning: false, mayReason: false };
    }
  }

  #check(): void {
    const { tools = [], toolChoice = "auto", output, reasoning } = this.#options;
    checkTools(tools);
    checkToolChoice(toolChoice, tools);
    if (output !== undefined && this.#tools.length > 0 && toolChoice !== "auto")
      throw new ArgumentError("output", "left out where tools must be called", output);
    if (typeof reasoning !== "object") return;
    if (!Number.isSafeInteger(reasoning.budget) || reasoning.budget < 0)
      throw new ArgumentError("reasoning.budget", "a number of tokens, 0 or more", reasoning.budget);
  }

  #parser({ inReasoning }: ChatPrompt): AnswerParser {
    const { traits } = this.#responder.format;
    const tools = this.#tools;
    if (traits.harmony) return new HarmonyAnswerParser(tools);
    // What is held to a form is the form's, whatever it looks like.
    const plain = this.#options.output !== undefined && "grammar" in this.#options.output;
    return new MarkedAnswerParser({ syntax: traits.syntax, inReasoning, tools: plain ? [] : tools });
  }

  #grammar(begin: AnswerBegin): Promise<GrammarOptions | undefined> {
    const { output, toolChoice = "auto", parallelToolCalls: parallel = true, signal } = this.#options;
    return makeGrammar({ type: "grammar", begin, output, tools: this.#tools, toolChoice, parallel }, signal);
  }

  /** Generates until the answer ends. @returns undefined where it was stopped because it has thought enough */
  async *#generate(
    parser: AnswerParser,
    prompt: Int32Array,
    grammar: GrammarOptions | undefined,
  ): AsyncGenerator<ChatEvent, GenerationFinish | undefined> {
    const { client, format } = this.#responder;
    const {
      signal,
      tools: _tools,
      toolChoice: _choice,
      parallelToolCalls: _parallel,
      documents: _documents,
      variables: _variables,
      reasoning: _reasoning,
      prefill: _prefill,
      output,
      maxTokens,
      maxPromptTokens,
      ...request
    } = this.#options;
    const budget = typeof this.#options.reasoning === "object" ? this.#options.reasoning.budget : Infinity;
    const all = signal === undefined ? this.#cancelled.signal : AbortSignal.any([signal, this.#cancelled.signal]);
    if (all.aborted) throw new MullamaError("ABORTED", "The answer was cancelled.");
    const stream = client.stream(
      {
        ...request,
        prompt,
        ...(grammar === undefined ? {} : { grammar }),
        // What it has thought is no part of what was asked.
        ...(maxPromptTokens === undefined || this.#generated.length > 0 ? {} : { maxPromptTokens }),
        ...(maxTokens === undefined ? {} : { maxTokens: Math.max(0, maxTokens - this.#generated.length) }),
        // A grammar has seen control tokens as text, and so has whoever reads the answer.
        renderSpecial: format.marksWithControlTokens || output !== undefined,
      },
      { signal: all },
    );
    for (;;) {
      const { done, value } = await stream.next();
      if (done === true) return value ?? (await stream.result);
      yield* this.#take(parser, value);
      if (!parser.reasoning || (this.#reasoningTokens < budget && !this.#thoughtEnough)) continue;
      await stream.return();
      return undefined;
    }
  }

  *#take(parser: AnswerParser, chunk: GenerationChunk): Generator<ChatEvent> {
    this.#generated.push(...chunk.tokens);
    const { logprobs = [] } = chunk;
    this.#logprobs.push(...logprobs);
    if (logprobs.length > 0) yield { type: "logprobs", logprobs };
    const before = parser.reasoning;
    this.#raw += chunk.text;
    const events = parser.push(chunk.text);
    if (before || parser.reasoning) this.#reasoningTokens += chunk.tokens.length;
    yield* this.#tell(events);
  }

  *#tell(events: readonly AnswerEvent[]): Generator<ChatEvent> {
    for (const event of events) {
      if (event.type === "text") this.#text += event.text;
      else if (event.type === "reasoning") this.#reasoning += event.text;
      else if (event.type === "tool-call") this.#calls.push(event.call);
      yield event;
    }
  }

  #result(prompt: SeenText, { reason, usage, timings, stopText, seed }: GenerationFinish): ChatResult {
    const [text, reasoning, toolCalls] = [this.#text, this.#reasoning, this.#calls];
    return {
      message: {
        role: "assistant",
        content: text,
        ...(reasoning === "" ? {} : { reasoning }),
        ...(toolCalls.length === 0 ? {} : { toolCalls }),
      },
      text,
      reasoning,
      toolCalls,
      finishReason: toolCalls.length > 0 ? "tool-calls" : reason,
      ...(stopText === undefined ? {} : { stopText }),
      usage: {
        ...usage,
        promptTokens: prompt.tokens.length,
        // What went on behind thoughts that were cut had them in the cache, too.
        cachedTokens: Math.min(usage.cachedTokens, prompt.tokens.length),
        completionTokens: this.#generated.length,
        reasoningTokens: this.#reasoningTokens,
      },
      timings,
      ...(this.#options.logprobs === undefined ? {} : { logprobs: this.#logprobs }),
      seen: { text: prompt.text + this.#raw, tokens: appended(prompt.tokens, this.#generated) },
      ...(seed === undefined ? {} : { seed }),
    };
  }
}
