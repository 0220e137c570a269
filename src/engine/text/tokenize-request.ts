import type { Vocab } from "../../llama/index.js";
import type { EngineRequest } from "../protocol.js";

/** The tokens of a text, or of several that are tokenized one by one: only the first can begin with BOS. */
export function tokenizeRequest(vocab: Vocab, request: Extract<EngineRequest, { type: "tokenize" }>): Int32Array {
  const { text, addSpecial = true, parseSpecial = false } = request;
  if (typeof text === "string") return vocab.tokenize(text, { addSpecial, parseSpecial });
  const parts = text.map((part, index) =>
    vocab.tokenize(part, { addSpecial: addSpecial && index === 0, parseSpecial }),
  );
  const tokens = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let length = 0;
  for (const part of parts) {
    tokens.set(part, length);
    length += part.length;
  }
  return tokens;
}
