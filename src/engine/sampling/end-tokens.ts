import type { Vocab } from "../../llama/index.js";

const known = new WeakMap<Vocab, readonly number[]>();

/** Every token with which a model may end its answer. */
export function endTokens(vocab: Vocab): readonly number[] {
  const found =
    known.get(vocab) ?? Array.from({ length: vocab.size }, (_, token) => token).filter((token) => vocab.isEog(token));
  known.set(vocab, found);
  return found;
}
