import { MullamaError } from "../../errors.js";
import { Candidates, type Context, type Model, Sampler, type SamplerChain, type Vocab } from "../../llama/index.js";
import { type CutOff, isSettled } from "./cut-off.js";
import { endTokens } from "./end-tokens.js";
import { tokensToTry } from "./first-bytes.js";
import { buildChain } from "./sampler-chain.js";
import type { LogitsProcessor, SamplingOptions } from "./sampling-options.js";
import { logprobsOf, type TokenLogprobs } from "./token-logprobs.js";

/** Tokens whose logits are not further below the greatest are put before a grammar first, as long as there are not too many. */
const LIKELY = [4, 8, 12];
const MOST_LIKELY = 8192;

/** A token that was chosen, and accepted. */
export interface SampledToken {
  readonly token: number;
  readonly logprobs?: TokenLogprobs;
}

/**
 * Chooses the tokens of one request. A grammar is asked about the chosen token alone, and only where it refuses that, all
 * candidates are put before it: so it costs little where the model writes what it should anyway.
 */
export class TokenSampler implements Disposable {
  readonly #chain: SamplerChain;
  /** How many of the last tokens the chain takes notice of. */
  readonly #memory: number;
  readonly #cutOff: CutOff | undefined;
  readonly #vocab: Vocab;
  /** Whether the grammar speaks of single tokens, whatever their text. */
  readonly #namesTokens: boolean;
  readonly #grammar: Sampler | undefined;
  readonly #processors: readonly LogitsProcessor[];
  readonly #logprobs: number | undefined;
  readonly #minTokens: number;
  /** Tokens so far, where processors want to know them. */
  readonly #tokens: number[];
  /** Whether the chain begins with one that rules out the end. */
  #endless = false;
  #count = 0;

  /**
   * @param prompt tokens that came before, for the penalties
   * @throws {MullamaError} `ARGUMENT_INVALID` naming the option; `GRAMMAR_INVALID`
   */
  constructor(model: Model, options: SamplingOptions, prompt: Int32Array) {
    const { chain, memory, cutOff } = buildChain(model, options);
    this.#chain = chain;
    this.#memory = memory;
    this.#cutOff = cutOff;
    this.#vocab = model.vocab;
    this.#namesTokens = /<[[|a-z]/i.test(
      typeof options.grammar === "object" ? options.grammar.text : (options.grammar ?? ""),
    );
    this.#processors = (options.logitsProcessors ?? []) as readonly LogitsProcessor[];
    this.#tokens = this.#processors.length > 0 ? [...prompt] : [];
    this.#logprobs = options.logprobs;
    this.#minTokens = options.ignoreEos === true ? Infinity : (options.minTokens ?? 0);
    try {
      this.#grammar = makeGrammar(model.vocab, options);
      if (this.#minTokens > 0) this.#forbidEnd(model.vocab);
      if (memory > 0) for (const token of prompt.subarray(-memory)) chain.accept(token);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** The seed in use; undefined where nothing is left to chance. */
  get seed(): number | undefined {
    return this.#chain.seed;
  }

  /** Chooses after an output of the last computation, and accepts what it chose. */
  sample(context: Context, index: number): SampledToken {
    if (this.#endless && this.#count >= this.#minTokens) this.#allowEnd();
    const token = this.#choose(context, index);
    this.#count++;
    if (this.#processors.length > 0) this.#tokens.push(token);
    if (this.#logprobs === undefined) return { token };
    return { token, logprobs: logprobsOf(context.logits(index), token, this.#logprobs) };
  }

  dispose(): void {
    this.#chain.dispose();
    this.#grammar?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #choose(context: Context, index: number): number {
    // A chain that remembers must not accept what the grammar may still refuse.
    if (this.#processors.length > 0 || (this.#grammar !== undefined && this.#memory > 0)) {
      return this.#chooseInSteps(context, index);
    }
    const token = this.#chain.sample(context, index);
    if (this.#grammar === undefined || tryAccept(this.#grammar, token)) return token;
    return this.#chooseAllowed(this.#logits(context, index));
  }

  #chooseInSteps(context: Context, index: number): number {
    const logits = this.#logits(context, index);
    const candidates = Candidates.fromLogits(logits);
    this.#chain.apply(candidates);
    const token = selected(candidates);
    if (this.#grammar !== undefined && !tryAccept(this.#grammar, token)) return this.#chooseAllowed(logits);
    this.#chain.accept(token);
    return token;
  }

  /** Chooses among what the grammar allows. */
  #chooseAllowed(logits: Float32Array): number {
    const candidates = this.#allowedOfLikely(logits) ?? this.#allowedOfAll(logits);
    this.#chain.apply(candidates);
    const token = selected(candidates);
    this.#grammar?.accept(token);
    if (this.#memory > 0) this.#chain.accept(token);
    return token;
  }

  /** The likely tokens, where it is certain that no others matter: a grammar takes long for a whole vocabulary. */
  #allowedOfLikely(logits: Float32Array): Candidates | undefined {
    if (this.#cutOff === undefined || this.#endless) return undefined;
    let greatest = -Infinity;
    for (const logit of logits) if (logit > greatest) greatest = logit;
    for (const distance of LIKELY) {
      const bound = greatest - distance;
      const ids: number[] = [];
      for (let id = 0; id < logits.length; id++) if ((logits[id] ?? -Infinity) > bound) ids.push(id);
      if (ids.length > MOST_LIKELY) return undefined;
      const candidates = this.#askGrammar(logits, ids);
      const allowed = Array.from(candidates.logits).filter((logit) => logit > -Infinity);
      if (isSettled(allowed, bound, logits.length - ids.length, this.#cutOff)) return candidates;
    }
    return undefined;
  }

  /** All tokens that the grammar allows. */
  #allowedOfAll(logits: Float32Array): Candidates {
    if (this.#grammar === undefined || this.#namesTokens) return this.#askGrammar(logits);
    return this.#askGrammar(logits, tokensToTry(this.#grammar, this.#vocab));
  }

  /** Tokens, with those ruled out that the grammar does not allow. */
  #askGrammar(logits: Float32Array, ids?: readonly number[]): Candidates {
    const candidates = Candidates.fromLogits(
      ids === undefined ? logits : ids.map((id) => logits[id] ?? -Infinity),
      ids,
    );
    this.#grammar?.apply(candidates);
    return candidates;
  }

  #logits(context: Context, index: number): Float32Array {
    const logits = context.logits(index).toFloat32Array();
    if (this.#processors.length === 0) return logits;
    const tokens = Int32Array.from(this.#tokens);
    for (const processor of this.#processors) processor(logits, tokens);
    return logits;
  }

  #forbidEnd(vocab: Vocab): void {
    const rest: Sampler[] = [];
    while (this.#chain.length > 0) rest.push(this.#chain.remove(0));
    this.#chain.logitBias(
      vocab,
      endTokens(vocab).map((token) => [token, -Infinity] as const),
    );
    for (const sampler of rest) this.#chain.add(sampler);
    this.#endless = true;
  }

  #allowEnd(): void {
    this.#chain.remove(0).dispose();
    this.#endless = false;
  }
}

function makeGrammar(vocab: Vocab, { grammar }: SamplingOptions): Sampler | undefined {
  if (grammar === undefined) return undefined;
  if (typeof grammar === "string") return Sampler.grammar(vocab, grammar);
  const { text, root = "root", triggers } = grammar;
  return triggers === undefined
    ? Sampler.grammar(vocab, text, root)
    : Sampler.grammarLazy(vocab, text, { root, ...triggers });
}

/** False where the grammar does not allow the token; nothing has changed then. */
function tryAccept(grammar: Sampler, token: number): boolean {
  try {
    grammar.accept(token);
    return true;
  } catch (error) {
    if (MullamaError.isInstance(error) && error.code === "GRAMMAR_REJECTED") return false;
    throw error;
  }
}

function selected(candidates: Candidates): number {
  const token = candidates.selectedToken;
  if (token === undefined) throw new MullamaError("SAMPLING_FAILED", "No sampler of the chain has selected a token.");
  return token;
}
