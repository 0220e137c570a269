import type { ChatPrompt } from "./chat-format.js";
import type { Responder } from "./responder.js";

/** The tokens of a prompt: of what is known of it as they are, of the rest as the model reads it. */
export async function promptTokens({ client, format, known }: Responder, prompt: ChatPrompt): Promise<Int32Array> {
  const tokenize = (parts: readonly string[]): Promise<Int32Array> =>
    client.request({ type: "tokenize", text: parts, addSpecial: false, parseSpecial: true });
  const rest = known === undefined ? undefined : partsBehind(prompt.parts, known.text);
  // Text that does not begin with a control token could be read differently behind what is known than alone.
  if (known === undefined || rest === undefined || !format.beginsWithControl(rest[0] ?? ""))
    return tokenize(prompt.parts);
  return appended(known.tokens, await tokenize(rest));
}

/** The parts of a prompt that come behind a text; undefined where it does not begin with it. */
function partsBehind(parts: readonly string[], text: string): string[] | undefined {
  let left = text;
  for (const [index, part] of parts.entries()) {
    if (left.length < part.length || left === part) {
      if (!part.startsWith(left)) return undefined;
      return [part.slice(left.length), ...parts.slice(index + 1)];
    }
    if (!left.startsWith(part)) return undefined;
    left = left.slice(part.length);
  }
  return left === "" ? [] : undefined;
}

/** Tokens with more behind them. */
export function appended(one: Int32Array, other: Int32Array | readonly number[]): Int32Array {
  const whole = new Int32Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
