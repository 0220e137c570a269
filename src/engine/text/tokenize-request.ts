import type { Vocab } from "../../llama/index.js";
import { joinTokens } from "../../llama/tokenize.js";
import type { EngineRequest } from "../protocol.js";

/** The tokens of a text, or of several that are tokenized one by one: only the first can begin with BOS. */
export function tokenizeRequest(vocab: Vocab, request: Extract<EngineRequest, { type: "tokenize" }>): Int32Array {
  const { text, addSpecial = true, parseSpecial = false } = request;
  if (typeof text === "string") return vocab.tokenize(text, { addSpecial, parseSpecial });
  return joinTokens(
    text.map((part, index) => vocab.tokenize(part, { addSpecial: addSpecial && index === 0, parseSpecial })),
  );
}
