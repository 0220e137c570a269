import { Template } from "@huggingface/jinja";
import { MullamaError } from "../errors.js";
import { type ChatMessage, requireMessages } from "./message.js";

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
  /** Further variables for the template, under the names that it uses, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A model's chat template, in the Jinja that model files carry under `tokenizer.chat_template`.
 *
 * Templates may use `bos_token`, `eos_token`, `strftime_now(format)` and `raise_exception(message)`.
 *
 * @example
 * const template = new ChatTemplate(model.chatTemplate(), { bos: "<s>", eos: "</s>" });
 * const prompt = template.render([{ role: "user", content: "Why is the sky blue?" }]);
 */
export class ChatTemplate {
  /** The Jinja text. */
  readonly source: string;
  #template: Template;
  #tokens: TemplateTokens;

  /** @throws {MullamaError} `TEMPLATE_FAILED` where `source` is not Jinja. */
  constructor(source: string, tokens: TemplateTokens = {}) {
    this.source = source;
    this.#tokens = tokens;
    try {
      this.#template = new Template(source);
    } catch (error) {
      throw failure(
        "The chat template is not valid Jinja",
        error,
        "Use the template of another release of this model.",
      );
    }
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
    try {
      return this.#template.render({
        ...options.variables,
        messages,
        bos_token: this.#tokens.bos ?? "",
        eos_token: this.#tokens.eos ?? "",
        add_generation_prompt: options.addGenerationPrompt ?? true,
      });
    } catch (error) {
      throw failure("The chat template failed on this conversation", error, "Check the order of the roles.");
    }
  }
}

function failure(what: string, cause: unknown, hint: string): MullamaError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MullamaError("TEMPLATE_FAILED", `${what}: ${words.replace(/\.$/, "")}.`, { cause, hint });
}
