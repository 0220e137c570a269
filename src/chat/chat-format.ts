import { MullamaError } from "../errors.js";
import type { SpecialTokens } from "../engine/special-tokens.js";
import { chatFormats, formatChat } from "../llama/index.js";
import type { AnswerSyntax } from "./answer/answer-syntax.js";
import { type ChatMessage, requireMessages, textOf } from "./message.js";
import { findTraits, type TemplateTraits } from "./probe/find-traits.js";
import { inTime } from "./patience.js";
import { ControlTokenShield } from "./shield.js";
import { type ChatDocument, ChatTemplate } from "./template.js";
import type { TemplateDialect } from "./template-dialect.js";
import { withoutSystemRole } from "./tools/system-message.js";
import { describeTools, tellTools } from "./tools/tell-tools.js";
import { checkTools, type ToolDefinition } from "./tools/tool-definition.js";
import { withPlainParameters } from "./tools/plain-parameters.js";

/** What a chat format is made of. */
export interface ChatFormatOptions {
  /** Jinja, or the name of one of llama.cpp's own formats (`chatFormats()`). Undefined: the texts, one paragraph each. */
  readonly template?: string | undefined;
  readonly specialTokens: SpecialTokens;
  /** @internal What was found out about the template before. */
  readonly found?: FoundFormat | undefined;
}

/** What was found out about a template, so that nobody has to find it out again. */
export interface FoundFormat {
  readonly traits: TemplateTraits;
  readonly dialect: TemplateDialect;
}

/** A conversation to write as a prompt. */
export interface ChatPromptOptions {
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly documents?: readonly ChatDocument[] | undefined;
  /** Variables for the template. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the model shall think first. Default: as the template has it. */
  readonly reasoning?: boolean | undefined;
  /** How the answer begins; the model goes on from there. */
  readonly prefill?: string | undefined;
}

/** A prompt, ready to be tokenized. */
export interface ChatPrompt {
  /** Texts to tokenize one by one, control tokens parsed and none added. */
  readonly parts: readonly string[];
  /** The whole as it reads. */
  readonly text: string;
  /** Whether it ends where the model thinks. */
  readonly inReasoning: boolean;
}

/**
 * How a model wants conversations written, and how it writes its answers; found out from its template.
 *
 * @example
 * const format = new ChatFormat({ template: info.chatTemplate, specialTokens: info.specialTokens });
 * const { parts } = format.prompt([{ role: "user", content: "Why is the sky blue?" }]);
 */
export class ChatFormat {
  readonly #options: ChatFormatOptions;
  readonly #shield: ControlTokenShield;
  readonly #template: ChatTemplate | undefined;
  readonly #traits: TemplateTraits;
  /** Whether answers have control tokens in them that tell their parts apart. */
  readonly marksWithControlTokens: boolean;
  /** What is wrong with the template, where llama.cpp's own formats stand in for it. */
  readonly #problem: unknown;

  /** @throws {MullamaError} `TEMPLATE_FAILED` where the template neither runs nor is one that llama.cpp knows */
  constructor(options: ChatFormatOptions) {
    const { template: source, specialTokens, found } = options;
    const { bos, eos, control, userDefined, ends } = specialTokens;
    this.#options = options;
    // Tags that the template gives a meaning to are not for others to write either.
    const tags = userDefined.filter((text) => text.trim().length > 2 && source?.includes(text) === true);
    this.#shield = new ControlTokenShield([...control, ...tags]);
    if (source !== undefined && !isFormatName(source)) {
      try {
        this.#template = new ChatTemplate(source, { bos: bos?.text, eos: eos?.text });
      } catch (error) {
        this.#problem = error;
      }
    }
    if (found !== undefined) this.#template?.speak(found.dialect);
    this.#traits = found?.traits ?? inTime(() => findTraits(this.#template, ends));
    const marks = marksOf(this.#traits.syntax);
    this.marksWithControlTokens = control.some((name) => name.length > 2 && marks.includes(name));
    if (this.#template === undefined || this.#traits.works) return;
    this.#problem = this.#traits.problem;
    this.#template = undefined;
  }

  /** The form of the model's answers. */
  get syntax(): AnswerSyntax {
    return this.#traits.syntax;
  }

  /** What was found out about the template. */
  get traits(): TemplateTraits {
    return this.#traits;
  }

  /** @internal What another thread makes the same of; undefined where there is no Jinja that runs. */
  get portable(): ChatFormatOptions | undefined {
    if (this.#template === undefined) return undefined;
    return { ...this.#options, found: { traits: this.#traits, dialect: this.#template.dialect } };
  }

  /** @internal @throws {MullamaError} `TEMPLATE_FAILED` where its template does not run, whatever stands in for it */
  requireTemplate(): void {
    if (this.#problem === undefined) return;
    const { message } = this.#problem as Error;
    throw new MullamaError("TEMPLATE_FAILED", message, { cause: this.#problem });
  }

  /** Whether a text begins with a control token, or is empty. */
  beginsWithControl(text: string): boolean {
    return text === "" || this.#options.specialTokens.control.some((name) => name !== "" && text.startsWith(name));
  }

  /**
   * Writes a conversation as a prompt that ends where the assistant's answer begins.
   *
   * @throws {MullamaError} `TEMPLATE_FAILED` where the template refuses it; `UNSUPPORTED` for what is not text
   */
  prompt(messages: readonly ChatMessage[], options: ChatPromptOptions = {}): ChatPrompt {
    requireMessages(messages);
    const { tools = [], reasoning, prefill = "" } = options;
    checkTools(tools);
    const safe = messages.map((message) => this.#protect(message));
    const safeTools = this.#shield.protectAll(tools) as readonly ToolDefinition[];
    let text = this.#write(safe, safeTools, options);
    if (reasoning === false) text += this.#thoughtOver(text);
    const { addBos, bos } = this.#options.specialTokens;
    if (addBos && bos !== undefined && !text.startsWith(bos.text)) text = bos.text + text;
    const inReasoning = prefill === "" && this.#endsThinking(text);
    const whole = text + this.#shield.protect(prefill);
    return { parts: this.#shield.split(whole), text: ControlTokenShield.plain(whole), inReasoning };
  }

  #protect(message: ChatMessage): ChatMessage {
    const { content: _content, toolCalls, ...rest } = message;
    const safe = this.#shield.protectAll(rest) as Omit<ChatMessage, "content">;
    return {
      ...safe,
      role: message.role,
      content: this.#shield.protect(textOf(message)),
      ...(toolCalls === undefined ? {} : { toolCalls: this.#shield.protectAll(toolCalls) as typeof toolCalls }),
    };
  }

  #write(messages: readonly ChatMessage[], tools: readonly ToolDefinition[], options: ChatPromptOptions): string {
    if (tools.length === 0 || !this.#traits.offersTools) return this.#writeWith(messages, tools, options, false);
    try {
      return this.#writeWith(messages, tools, options, true);
    } catch (error) {
      // Many templates read types and descriptions of arguments without asking whether there are any.
      for (const offered of [true, false]) {
        try {
          return this.#writeWith(messages, tools.map(withPlainParameters), options, offered);
        } catch {
          // What was wrong at first says more.
        }
      }
      throw error;
    }
  }

  /** @param offersTools whether the template is to tell the model of the tools */
  #writeWith(
    messages: readonly ChatMessage[],
    tools: readonly ToolDefinition[],
    options: ChatPromptOptions,
    offersTools: boolean,
  ): string {
    const { syntax, takesSystem, takesResults, showsCalls } = this.#traits;
    const told = tellTools(messages, {
      calls: showsCalls ? undefined : syntax.calls,
      results: takesResults,
      description: tools.length > 0 && !offersTools ? describeTools(tools, syntax.calls) : undefined,
    });
    const shaped = takesSystem ? told : withoutSystemRole(told);
    if (this.#template === undefined) return this.#writeWithout(shaped);
    const { reasoning, documents } = options;
    const switched = reasoning === undefined ? [] : this.#traits.switches.map((name) => [name, reasoning] as const);
    return this.#template.render(shaped, {
      variables: { ...Object.fromEntries(switched), ...options.variables },
      tools: offersTools ? tools : undefined,
      documents: this.#shield.protectAll(documents) as typeof documents,
    });
  }

  #writeWithout(messages: readonly ChatMessage[]): string {
    const { template } = this.#options;
    const plain = messages.map((message) => ({ role: message.role, content: textOf(message) }));
    if (template === undefined) return plain.map(({ content }) => content).join("\n\n");
    try {
      return formatChat(template, plain);
    } catch (error) {
      const { message } = (this.#problem ?? error) as Error;
      throw new MullamaError("TEMPLATE_FAILED", message, {
        cause: this.#problem ?? error,
        hint: "Give another one with the option template: Jinja, or a name of chatFormats().",
      });
    }
  }

  #endsThinking(text: string): boolean {
    const { open } = this.syntax.reasoning;
    const mark = open.trim();
    const at = mark === "" ? -1 : text.lastIndexOf(mark);
    return at >= 0 && text.slice(at + mark.length).trim() === "";
  }

  /** What ends the thinking before it begins, where the template has no other way. */
  #thoughtOver(text: string): string {
    const { open, close } = this.syntax.reasoning;
    if (this.#endsThinking(text)) return `\n${close}\n\n`;
    if (this.#traits.switches.length > 0 || !this.#traits.reasons || text.trimEnd().endsWith(close)) return "";
    return `${open}\n\n${close}\n\n`;
  }
}

/** Whether it is the name of one of llama.cpp's own formats. No Jinja that says anything looks like a name. */
export function isFormatName(template: string): boolean {
  return /^[\w.+-]{1,64}$/.test(template) && chatFormats().includes(template);
}

/** All that tells the parts of an answer apart. */
function marksOf({ reasoning, content, calls }: AnswerSyntax): string {
  const texts = calls.call.flatMap((part) => ("text" in part ? [part.text] : []));
  return [reasoning.open, reasoning.close, content.open, content.close, calls.open, calls.close, ...texts].join();
}
