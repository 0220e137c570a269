import { ChatFormat } from "../../../chat/chat-format.js";
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

/** The tokens of a prompt that is not written by the model's own template alone. */
export async function writePrompt(request: GenerateRequest, asked: AskedModel): Promise<Int32Array> {
  const { prompt, suffix, raw, template, context = [] } = request;
  const { model } = asked;
  if (suffix) return model.infillPrompt(prompt, suffix);
  // Whoever writes a raw prompt writes its control tokens, too.
  if (raw) return model.tokenize(prompt, { parseSpecial: true });
  const { specialTokens, endTokens } = model.info;
  const format = template ? new ChatFormat({ template: jinjaOf(template), specialTokens }) : model.chatFormat;
  const { parts } = format.prompt(messagesOf(request, asked));
  const turn = await model.tokenize(parts, { addSpecial: false, parseSpecial: true });
  if (context.length === 0) return turn;
  // The answer before was heard without what ended it, and a text begins but once.
  const { bos, eos } = specialTokens;
  const last = context.at(-1) ?? -1;
  const end = eos === undefined || endTokens.includes(last) ? [] : [eos.token];
  return Int32Array.from([...context, ...end, ...turn.slice(turn[0] === bos?.token ? 1 : 0)]);
}
