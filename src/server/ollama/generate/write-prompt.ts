import { aside } from "../../../chat/aside/aside.js";
import { writePromptAside } from "../../../chat/aside/write-prompt.js";
import { ChatFormat, type ChatPrompt, isFormatName } from "../../../chat/chat-format.js";
import type { ChatMessage } from "../../../chat/message.js";
import { jinjaOf } from "../../../models/modelfile/index.js";
import type { AskedModel } from "../answer/asked-model.js";
import type { GenerateRequest } from "./generate-request.js";

/** What a request asks, as a conversation of one turn. */
export function messagesOf({ prompt, system }: GenerateRequest, { served }: AskedModel): ChatMessage[] {
  const told = system || served.system;
  const user = { role: "user", content: prompt };
  return told ? [{ role: "system", content: told }, user] : [user];
}

/** @param template of the request; most say nothing of it, and mean the model's own */
function write(template: string | undefined, messages: ChatMessage[], asked: AskedModel): Promise<ChatPrompt> {
  const { model, options } = asked;
  if (!template) return writePromptAside(model.chatFormat, messages, {}, options.signal);
  const format = { template: jinjaOf(template), specialTokens: model.info.specialTokens };
  // A name stands for what llama.cpp does in C, which no other thread should be ended in.
  if (isFormatName(format.template)) return writePromptAside(new ChatFormat(format), messages, {});
  return aside({ type: "prompt", format, messages, options: {} }, options.signal);
}

/** The tokens of a prompt that is not written by the model's own template alone. */
export async function writePrompt(request: GenerateRequest, asked: AskedModel): Promise<Int32Array> {
  const { prompt, suffix, raw, template, context = [] } = request;
  const { model } = asked;
  if (suffix) return model.infillPrompt(prompt, suffix);
  // Whoever writes a raw prompt writes its control tokens, too.
  if (raw) return model.tokenize(prompt, { parseSpecial: true });
  const { specialTokens, endTokens } = model.info;
  const { parts } = await write(template, messagesOf(request, asked), asked);
  const turn = await model.tokenize(parts, { addSpecial: false, parseSpecial: true });
  if (context.length === 0) return turn;
  // The answer before was heard without what ended it, and a text begins but once.
  const { bos, eos } = specialTokens;
  const last = context.at(-1) ?? -1;
  const end = eos === undefined || endTokens.includes(last) ? [] : [eos.token];
  return Int32Array.from([...context, ...end, ...turn.slice(turn[0] === bos?.token ? 1 : 0)]);
}
