import type { ChatMessage } from "../chat/message.js";
import { ControlTokenShield } from "../chat/shield.js";
import { ChatTemplate } from "../chat/template.js";
import { formatChat, type Model } from "../llama/index.js";

/**
 * The tokens of a prompt: a conversation in the model's own chat format, or a text as it stands.
 * A model without a chat format gets the contents of the messages, one paragraph each. What the messages say never becomes
 * a control token.
 */
export function promptTokens(model: Model, prompt: readonly ChatMessage[] | string): Int32Array {
  const { vocab } = model;
  if (typeof prompt === "string") return vocab.tokenize(prompt, { parseSpecial: true });
  const shield = new ControlTokenShield(vocab);
  const text = chatText(
    model,
    prompt.map(({ role, content }) => ({ role, content: shield.protect(content) })),
  );
  if (text === undefined) return vocab.tokenize(prompt.map(({ content }) => content).join("\n\n"));
  return withBos(model, shield.tokenize(text));
}

/** The conversation as the model's template writes it, or llama.cpp's own version of it where the template cannot be run. */
function chatText(model: Model, messages: readonly ChatMessage[]): string | undefined {
  const template = model.chatTemplate();
  if (template === undefined) return undefined;
  const { vocab } = model;
  const textOf = (token: number | undefined): string => (token === undefined ? "" : vocab.text(token));
  try {
    return new ChatTemplate(template, { bos: textOf(vocab.bos), eos: textOf(vocab.eos) }).render(messages);
  } catch (error) {
    try {
      return formatChat(template, messages);
    } catch {
      throw error;
    }
  }
}

/** Some templates put the BOS into the text and some leave it to the tokenizer; there has to be one. */
function withBos(model: Model, tokens: Int32Array): Int32Array {
  const { addBos, bos } = model.vocab;
  if (!addBos || bos === undefined || tokens[0] === bos) return tokens;
  const longer = new Int32Array(tokens.length + 1);
  longer[0] = bos;
  longer.set(tokens, 1);
  return longer;
}
