import { ArgumentError, MullamaError } from "../errors.js";
import type { EngineClient } from "../engine/hosts/engine-client.js";
import type { GenerationOptions } from "../engine/sequence.js";

/** What to fill in between, and how. */
export interface InfillOptions extends GenerationOptions {
  /** What stands before. */
  readonly prefix: string;
  /** What stands behind. */
  readonly suffix: string;
  /** Cancels the request. */
  readonly signal?: AbortSignal;
}

/** The prompt of a model for filling in the middle: prefix, suffix, and then the middle, which it generates. */
export async function infillPrompt(client: EngineClient, prefix: string, suffix: string): Promise<Int32Array> {
  const texts = { prefix, suffix };
  for (const [name, text] of Object.entries(texts))
    if (typeof text !== "string") throw new ArgumentError(name, "a string", text);
  const { infill, addBos, bos } = client.info.specialTokens;
  if (infill === undefined) {
    throw new MullamaError("UNSUPPORTED", "This model has no tokens for filling in the middle.", {
      hint: "Take a model for code, such as Qwen 2.5 Coder.",
    });
  }
  const read = (text: string): Promise<Int32Array> => client.request({ type: "tokenize", text, addSpecial: false });
  const [before, behind] = await Promise.all([read(prefix), read(suffix)]);
  const first = addBos && bos !== undefined ? [bos.token] : [];
  return Int32Array.from([...first, infill.prefix, ...before, infill.suffix, ...behind, infill.middle]);
}
