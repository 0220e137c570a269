import { Candidates, type Sampler, type Vocab } from "../../llama/index.js";

/** Tokens by what they begin with. */
interface FirstBytes {
  /** For each byte the tokens that begin with it. */
  readonly groups: readonly (readonly number[])[];
  /** For each byte the token that is nothing else; undefined where the vocabulary has none. */
  readonly single: readonly (number | undefined)[];
  /** Tokens without text, such as those that end an answer. */
  readonly others: readonly number[];
}

const known = new WeakMap<Vocab, FirstBytes>();

function firstBytes(vocab: Vocab): FirstBytes {
  const found = known.get(vocab);
  if (found !== undefined) return found;
  const groups = Array.from({ length: 256 }, (): number[] => []);
  const single = Array.from({ length: 256 }, (): number | undefined => undefined);
  const others: number[] = [];
  for (let token = 0; token < vocab.size; token++) {
    const piece = vocab.piece(token);
    const [first] = piece;
    if (first === undefined || vocab.isControl(token) || vocab.isEog(token)) others.push(token);
    else {
      groups[first]?.push(token);
      if (piece.length === 1) single[first] ??= token;
    }
  }
  const made = { groups, single, others };
  known.set(vocab, made);
  return made;
}

/**
 * The tokens that a grammar may allow now: those that begin with a byte that it allows by itself. What it allows, it also
 * allows the beginning of, so that no other needs to be put before it. Where it must choose what to write, as between two
 * keys of an object, that is a small part of a vocabulary.
 *
 * @param grammar one that speaks of text, not of single tokens
 */
export function tokensToTry(grammar: Sampler, vocab: Vocab): number[] {
  const { groups, single, others } = firstBytes(vocab);
  const probes = single.filter((token) => token !== undefined);
  const candidates = Candidates.fromLogits(new Float32Array(probes.length), probes);
  grammar.apply(candidates);
  const allowed = new Set<number>();
  for (let index = 0; index < candidates.size; index++) {
    if (candidates.logit(index) === 0) allowed.add(candidates.id(index));
  }
  const tokens = [...others];
  groups.forEach((group, byte) => {
    const token = single[byte];
    if (token === undefined || allowed.has(token)) for (const each of group) tokens.push(each);
  });
  return tokens;
}
