import type { Template } from "@huggingface/jinja";
import { MullamaError } from "../errors.js";
import { renderJinja } from "./jinja-run.js";
import { jinjaFunctions, parseJinja } from "./jinja.js";
import { type ChatMessage, requireMessages } from "./message.js";
import { defaultDialect, type TemplateDialect, templateMessage, templateTool } from "./template-dialect.js";
import type { ToolDefinition } from "./tools/tool-definition.js";

/** The texts that a template may write for a model's special tokens. */
export interface TemplateTokens {
  /** Text of the token that begins a sequence; empty where the model has none. */
  readonly bos?: string | undefined;
  /** Text of the token that ends one; empty where the model has none. */
  readonly eos?: string | undefined;
}

export interface RenderOptions {
  /** Whether to end with what begins the assistant's answer; default true. */
  readonly addGenerationPrompt?: boolean | undefined;
  /** The tools that the model may call. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** Texts that the answer is about, where the template has a place for them. */
  readonly documents?: readonly ChatDocument[] | undefined;
  /** Further variables for the template, under the names that it uses, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** A text that an answer is about. */
export interface ChatDocument {
  readonly title?: string;
  readonly text: string;
}

/**
 * A model's chat template, in the Jinja that model files carry under `tokenizer.chat_template`.
 *
 * Templates may use `bos_token`, `eos_token`, `tools`, `documents`, `strftime_now(format)`, `raise_exception(message)` and
 * `generation` blocks.
 *
 * @example
 * const template = new ChatTemplate(model.chatTemplate(), { bos: "<s>", eos: "</s>" });
 * const prompt = template.render([{ role: "user", content: "Why is the sky blue?" }]);
 */
export class ChatTemplate {
  /** The Jinja text. */
  readonly source: string;
  readonly #template: Template;
  readonly #tokens: TemplateTokens;
  #dialect: TemplateDialect;

  /** @throws {MullamaError} `TEMPLATE_FAILED` where `source` is not Jinja. */
  constructor(source: string, tokens: TemplateTokens = {}) {
    this.source = source;
    this.#tokens = tokens;
    this.#dialect = defaultDialect(source);
    try {
      this.#template = parseJinja(source);
    } catch (error) {
      throw failure(
        "The chat template is not valid Jinja",
        error,
        "Use the template of another release of this model.",
      );
    }
  }

  /** @internal How this template wants what Jinja templates disagree about; `ChatFormat` finds it out. */
  get dialect(): TemplateDialect {
    return this.#dialect;
  }

  /** @internal */
  speak(dialect: TemplateDialect): void {
    this.#dialect = dialect;
  }

  /**
   * Writes a conversation as the prompt that the model was trained on.
   * Its special tokens are in the text, so it has to be tokenized with their parsing on and without adding a further
   * token at the beginning.
   *
   * @throws {MullamaError} `TEMPLATE_FAILED` where the template refuses the conversation or uses what is missing.
   * @throws {ArgumentError} for messages of the wrong form.
   */
  render(messages: readonly ChatMessage[], options: RenderOptions = {}): string {
    requireMessages(messages);
    const { tools, documents, variables, addGenerationPrompt = true } = options;
    const dialect = this.#dialect;
    const given =
      tools === undefined || tools.length === 0 ? (dialect.withoutTools === "list" ? [] : undefined) : tools;
    try {
      return renderJinja(this.#template.parsed, {
        ...jinjaFunctions,
        ...this.#asked(given),
        ...variables,
        messages: messages.map((message) => templateMessage(message, dialect)),
        ...(given === undefined ? {} : { tools: given.map(templateTool) }),
        ...(documents === undefined
          ? {}
          : { documents: documents.map(({ title = "", text }) => ({ title, text, contents: text })) }),
        bos_token: this.#tokens.bos ?? "",
        eos_token: this.#tokens.eos ?? "",
        add_generation_prompt: addGenerationPrompt,
      });
    } catch (error) {
      if (MullamaError.isInstance(error)) throw error;
      throw failure("The chat template failed on this conversation", error, "Check the order of the roles.");
    }
  }

  /** What some templates ask for without asking whether it is there. */
  #asked(tools: readonly ToolDefinition[] | undefined): Record<string, unknown> {
    return {
      ...(/\bdatetime\b/.test(this.source) ? { datetime: new Date().toISOString().slice(0, 10) } : {}),
      ...(/\+ functions\b/.test(this.source)
        ? { functions: JSON.stringify((tools ?? []).map(templateTool), null, 2) }
        : {}),
    };
  }
}

function failure(what: string, cause: unknown, hint: string): MullamaError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MullamaError("TEMPLATE_FAILED", `${what}: ${words.replace(/\.$/, "")}.`, { cause, hint });
}
