import { ArgumentError, MullamaError } from "../errors.js";
import { Candidates } from "./candidates.js";
import { checkBoolean, checkInteger, checkOptions } from "./check.js";
import { disposeOf } from "./handle.js";
import { api } from "./library.js";
import { custom, type CustomSampler } from "./sampler-custom.js";
import { cloneNode, copyState } from "./sampler-clone.js";
import * as init from "./sampler-init.js";
import { grammar, grammarAfterTokens } from "./sampler-grammar.js";
import { grammarAfterPatterns, type GrammarTriggers } from "./sampler-lazy-grammar.js";
import {
  chainChanged,
  giveToChain,
  isClaimed,
  isDisposed,
  makeNode,
  nodeOf,
  ownerOf,
  running,
  samplerPointer,
  type SamplerNode,
  takeFromChain,
  takeSeat,
} from "./sampler-node.js";
import { accept, sample, vocabularyOf } from "./sampler-sample.js";
import { withTokenArray } from "./token-array.js";
import type { Vocab } from "./vocab.js";

/** The seed that C takes as "none" or "random". */
const NO_SEED = 0xffff_ffff;

/** What {@link SamplerChain.performance} has measured. */
export interface SamplerPerformance {
  /** Milliseconds spent in the chain; 0 unless it was made with `measure`. */
  readonly milliseconds: number;
  /** Tokens accepted. */
  readonly tokens: number;
}

/**
 * Chooses the next token, or narrows the choice (`llama_sampler`). Build a chain with {@link Sampler.chain}; the other
 * factories make single samplers, to apply on their own or to {@link SamplerChain.add}.
 *
 * A sampler that a chain has taken over lives as long as the chain.
 *
 * @example
 * using sampler = Sampler.chain().topK(40).topP(0.95).temperature(0.8).dist(42);
 * context.decode(tokens);
 * const next = sampler.sample(context);
 */
export class Sampler {
  /** @internal Use the factories. */
  constructor(node: SamplerNode, owner?: SamplerChain) {
    takeSeat(this, node, owner);
  }

  /** An empty chain (`llama_sampler_chain_init`). @param options `measure`: keep time for `performance`; default false. */
  static chain(options: { readonly measure?: boolean } = {}): SamplerChain {
    checkOptions("options", options, ["measure"]);
    const no_perf = !checkBoolean("options.measure", options.measure ?? false);
    const pointer = api().llama_sampler_chain_init({ ...api().llama_sampler_chain_default_params(), no_perf });
    return new SamplerChain(makeNode(pointer, "chain", { children: [] }));
  }

  /** Selects the most likely token. */
  static greedy(): Sampler {
    return new Sampler(init.greedy());
  }

  /** Selects at random by probability. @param seed from 0 to 2^32 - 2; default random */
  static dist(seed?: number): Sampler {
    return new Sampler(init.dist(seed));
  }

  /** Keeps the `k` most likely tokens; 0 keeps all. */
  static topK(k: number): Sampler {
    return new Sampler(init.topK(k));
  }

  /** Keeps the most likely tokens that together reach probability `p`; 1 keeps all. */
  static topP(p: number, minKeep = 1): Sampler {
    return new Sampler(init.topP(p, minKeep));
  }

  /** Keeps tokens at least `p` times as likely as the likeliest; 0 keeps all. */
  static minP(p: number, minKeep = 1): Sampler {
    return new Sampler(init.minP(p, minKeep));
  }

  /** Keeps the tokens whose surprise is nearest to the expected one, up to probability `p`; 1 keeps all. */
  static typical(p: number, minKeep = 1): Sampler {
    return new Sampler(init.typical(p, minKeep));
  }

  /** Divides the logits; 0 leaves only the most likely token, 1 changes nothing. */
  static temperature(temperature: number): Sampler {
    return new Sampler(init.temperature(temperature));
  }

  /** A temperature from `temperature - range` to `temperature + range`, by the entropy of the distribution. */
  static dynamicTemperature(temperature: number, range: number, exponent = 1): Sampler {
    return new Sampler(init.dynamicTemperature(temperature, range, exponent));
  }

  /** Removes the most likely tokens at times ("exclude top choices"). */
  static xtc(options: init.XtcOptions): Sampler {
    return new Sampler(init.xtc(options));
  }

  /** Rules out tokens whose logit is more than `n` standard deviations below the greatest; 0 keeps all. */
  static topNSigma(n: number): Sampler {
    return new Sampler(init.topNSigma(n));
  }

  /** Selects, keeping the surprise constant (Mirostat 1). @param options `m`: tokens to estimate from, default 100 */
  static mirostat(vocab: Vocab, options: init.MirostatOptions & { readonly m?: number } = {}): Sampler {
    return new Sampler(init.mirostat(vocab, options));
  }

  /** Selects, keeping the surprise constant (Mirostat 2). */
  static mirostatV2(options: init.MirostatOptions = {}): Sampler {
    return new Sampler(init.mirostatV2(options));
  }

  /** Selects, keeping the probability of the selected tokens near a target. Must come last. A clone starts from the seed anew. */
  static adaptiveP(options: init.AdaptivePOptions): Sampler {
    return new Sampler(init.adaptiveP(options));
  }

  /**
   * Allows only what a GBNF grammar allows.
   *
   * @param root the rule that the text must match
   * @throws {MullamaError} `GRAMMAR_INVALID`, with the place and the reason
   */
  static grammar(vocab: Vocab, text: string, root = "root"): Sampler {
    return new Sampler(grammar(vocab, text, root));
  }

  /** A grammar that allows everything until a token or a pattern in the text wakes it. */
  static grammarLazy(vocab: Vocab, text: string, options: GrammarTriggers): Sampler {
    return new Sampler(lazyGrammar(vocab, text, options));
  }

  /** Makes tokens less likely that came already. Cheaper after samplers that leave few candidates. */
  static penalties(vocab: Vocab, options: init.PenaltyOptions): Sampler {
    return new Sampler(init.penalties(vocab, options));
  }

  /** Makes tokens less likely that would prolong a repetition ("don't repeat yourself"). */
  static dry(vocab: Vocab, options: init.DryOptions = {}): Sampler {
    return new Sampler(init.dry(vocab, options));
  }

  /** Adds to the logits of single tokens; -Infinity rules one out. */
  static logitBias(vocab: Vocab, biases: Iterable<readonly [token: number, bias: number]>): Sampler {
    return new Sampler(init.logitBias(vocab, biases));
  }

  /** For filling in the middle, after samplers that leave few candidates: merges tokens that begin alike, and ends in time. */
  static infill(vocab: Vocab): Sampler {
    return new Sampler(init.infill(vocab));
  }

  /** A sampler of your own (`llama_sampler_init`). */
  static custom(sampler: CustomSampler): Sampler {
    return new Sampler(custom(sampler));
  }

  /** The name that llama.cpp gives it (`llama_sampler_name`); with a `?` in front where its parameters make it do nothing. */
  get name(): string {
    return api().llama_sampler_name(samplerPointer(this)) ?? "";
  }

  /** The seed in use (`llama_sampler_get_seed`): of `dist` and Mirostat, or of the last of them in a chain; else undefined. */
  get seed(): number | undefined {
    const seed = api().llama_sampler_get_seed(samplerPointer(this));
    return seed === NO_SEED ? undefined : seed;
  }

  /** Reorders, shortens and reweighs candidates in place, or selects one (`llama_sampler_apply`). */
  apply(candidates: Candidates): void {
    if (!(candidates instanceof Candidates)) throw new ArgumentError("candidates", "Candidates", candidates);
    const size = vocabularyOf(nodeOf(this));
    if (size !== Infinity && candidates.greatestId >= size)
      throw new ArgumentError("candidates", `tokens from 0 to ${size - 1}`, candidates);
    running(this, (pointer) => withTokenArray(candidates, (array) => api().llama_sampler_apply(pointer, array)));
  }

  /**
   * Tells it which token came (`llama_sampler_accept`). Not needed after {@link sample}, which does so itself.
   *
   * @throws {MullamaError} `GRAMMAR_REJECTED` when a grammar does not allow the token; nothing has changed then
   */
  accept(token: number): void {
    accept(this, checkInteger("token", token, 0, 2 ** 31 - 2));
  }

  /**
   * Chooses a token and accepts it (`llama_sampler_sample`).
   *
   * @param context a `Context` that has decoded
   * @param index which output of the last batch; negative counts from the end. Default -1.
   * @throws {MullamaError} `OUTPUT_MISSING`; `SAMPLING_FAILED` when nothing was selected; `GRAMMAR_REJECTED` when a token
   * was that a grammar rules out, because samplers before the grammar left no other
   */
  sample(context: object, index = -1): number {
    return sample(this, context, index);
  }

  /** Forgets accepted tokens and starts from the seed again (`llama_sampler_reset`). */
  reset(): void {
    running(this, (pointer) => api().llama_sampler_reset(pointer));
  }

  /** Another in the same state (`llama_sampler_clone`). */
  clone(): Sampler {
    return new Sampler(cloneNode(this));
  }

  /** Takes over the state of another with the same parameters (`llama_sampler_copy`). */
  copy(from: Sampler): void {
    copyState(from, this);
  }

  get disposed(): boolean {
    return isDisposed(this);
  }

  /** Frees it (`llama_sampler_free`). Does nothing on one that a chain owns, or the second time. */
  dispose(): void {
    if (ownerOf(this) === undefined) disposeOf(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Samplers that run one after another (`llama_sampler_chain`). It owns them. */
export class SamplerChain extends Sampler {
  readonly #samplers: Sampler[] = [];

  /** @internal Use {@link Sampler.chain}. */
  constructor(node: SamplerNode, owner?: SamplerChain) {
    super(node, owner);
    for (const child of node.children ?? []) {
      this.#samplers.push(child.children === undefined ? new Sampler(child, this) : new SamplerChain(child, this));
    }
  }

  /** The number of samplers (`llama_sampler_chain_n`). */
  get length(): number {
    return api().llama_sampler_chain_n(samplerPointer(this));
  }

  /** Appends a sampler and takes it over (`llama_sampler_chain_add`). */
  add(sampler: Sampler): this {
    const chain = this.#changeable();
    const node = nodeOf(sampler);
    if (ownerOf(sampler) !== undefined) throw new ArgumentError("sampler", "one that no chain owns", sampler);
    if (isClaimed(node)) throw new ArgumentError("sampler", "one that no context has had", sampler);
    if (isWithin(this, sampler)) throw new ArgumentError("sampler", "no chain that contains this one", sampler);
    if (depthOf(node) > 16) throw new ArgumentError("sampler", "a chain of at most 16 levels", sampler);
    giveToChain(sampler, this);
    api().llama_sampler_chain_add(chain, node.pointer);
    nodeOf(this).children?.push(node);
    chainChanged();
    this.#samplers.push(sampler);
    return this;
  }

  /** The sampler at `index`, counted from 0 (`llama_sampler_chain_get`); undefined beyond the end. */
  get(index: number): Sampler | undefined {
    const pointer = api().llama_sampler_chain_get(samplerPointer(this), checkInteger("index", index, 0, 2 ** 31 - 1));
    return this.#samplers.find((sampler) => nodeOf(sampler).pointer === pointer);
  }

  /** Takes the sampler at `index` out and gives it back (`llama_sampler_chain_remove`). */
  remove(index: number): Sampler {
    const chain = this.#changeable();
    checkInteger("index", index, 0, Math.max(this.#samplers.length - 1, 0));
    const [sampler] = this.#samplers.splice(index, 1);
    if (sampler === undefined) throw new ArgumentError("index", "below the length of the chain, 0", index);
    api().llama_sampler_chain_remove(chain, index);
    nodeOf(this).children?.splice(index, 1);
    chainChanged();
    takeFromChain(sampler);
    return sampler;
  }

  /** What has been measured since the last {@link resetPerformance} (`llama_perf_sampler`). */
  get performance(): SamplerPerformance {
    const { t_sample_ms, n_sample } = api().llama_perf_sampler(samplerPointer(this));
    return { milliseconds: t_sample_ms, tokens: n_sample };
  }

  /** `llama_perf_sampler_reset`. */
  resetPerformance(): void {
    api().llama_perf_sampler_reset(samplerPointer(this));
  }

  /** Sends what has been measured to the log (`llama_perf_sampler_print`). */
  printPerformance(): void {
    api().llama_perf_sampler_print(samplerPointer(this));
  }

  override clone(): SamplerChain {
    return new SamplerChain(cloneNode(this));
  }

  /** Appends {@link Sampler.greedy}. */
  greedy(): this {
    return this.add(Sampler.greedy());
  }

  /** Appends {@link Sampler.dist}. */
  dist(seed?: number): this {
    return this.add(Sampler.dist(seed));
  }

  /** Appends {@link Sampler.topK}. */
  topK(k: number): this {
    return this.add(Sampler.topK(k));
  }

  /** Appends {@link Sampler.topP}. */
  topP(p: number, minKeep?: number): this {
    return this.add(Sampler.topP(p, minKeep));
  }

  /** Appends {@link Sampler.minP}. */
  minP(p: number, minKeep?: number): this {
    return this.add(Sampler.minP(p, minKeep));
  }

  /** Appends {@link Sampler.typical}. */
  typical(p: number, minKeep?: number): this {
    return this.add(Sampler.typical(p, minKeep));
  }

  /** Appends {@link Sampler.temperature}. */
  temperature(temperature: number): this {
    return this.add(Sampler.temperature(temperature));
  }

  /** Appends {@link Sampler.dynamicTemperature}. */
  dynamicTemperature(temperature: number, range: number, exponent?: number): this {
    return this.add(Sampler.dynamicTemperature(temperature, range, exponent));
  }

  /** Appends {@link Sampler.xtc}. */
  xtc(options: init.XtcOptions): this {
    return this.add(Sampler.xtc(options));
  }

  /** Appends {@link Sampler.topNSigma}. */
  topNSigma(n: number): this {
    return this.add(Sampler.topNSigma(n));
  }

  /** Appends {@link Sampler.mirostat}. */
  mirostat(vocab: Vocab, options?: init.MirostatOptions & { readonly m?: number }): this {
    return this.add(Sampler.mirostat(vocab, options));
  }

  /** Appends {@link Sampler.mirostatV2}. */
  mirostatV2(options?: init.MirostatOptions): this {
    return this.add(Sampler.mirostatV2(options));
  }

  /** Appends {@link Sampler.adaptiveP}. */
  adaptiveP(options: init.AdaptivePOptions): this {
    return this.add(Sampler.adaptiveP(options));
  }

  /** Appends {@link Sampler.grammar}. */
  grammar(vocab: Vocab, text: string, root?: string): this {
    return this.add(Sampler.grammar(vocab, text, root));
  }

  /** Appends {@link Sampler.grammarLazy}. */
  grammarLazy(vocab: Vocab, text: string, options: GrammarTriggers): this {
    return this.add(Sampler.grammarLazy(vocab, text, options));
  }

  /** Appends {@link Sampler.penalties}. */
  penalties(vocab: Vocab, options: init.PenaltyOptions): this {
    return this.add(Sampler.penalties(vocab, options));
  }

  /** Appends {@link Sampler.dry}. */
  dry(vocab: Vocab, options?: init.DryOptions): this {
    return this.add(Sampler.dry(vocab, options));
  }

  /** Appends {@link Sampler.logitBias}. */
  logitBias(vocab: Vocab, biases: Iterable<readonly [token: number, bias: number]>): this {
    return this.add(Sampler.logitBias(vocab, biases));
  }

  /** Appends {@link Sampler.infill}. */
  infill(vocab: Vocab): this {
    return this.add(Sampler.infill(vocab));
  }

  /** Appends {@link Sampler.custom}. */
  custom(sampler: CustomSampler): this {
    return this.add(Sampler.custom(sampler));
  }

  #changeable(): ReturnType<typeof samplerPointer> {
    const pointer = samplerPointer(this);
    if (isClaimed(nodeOf(this)))
      throw new MullamaError("BUSY", "This chain has been given to a context and can no longer be changed.", {
        hint: "Change a clone.",
      });
    return pointer;
  }
}

function isWithin(chain: object, outer: object): boolean {
  for (let above: object | undefined = chain; above !== undefined; above = ownerOf(above))
    if (above === outer) return true;
  return false;
}

function depthOf(node: SamplerNode): number {
  return 1 + Math.max(0, ...(node.children ?? []).map(depthOf));
}

function lazyGrammar(vocab: Vocab, text: string, options: GrammarTriggers): SamplerNode {
  checkOptions("options", options, ["root", "tokens", "patterns"]);
  const { root = "root", tokens = [], patterns = [] } = options;
  if (tokens.length + patterns.length === 0)
    throw new ArgumentError("options", "at least one token or pattern", options);
  return patterns.length === 0
    ? grammarAfterTokens(vocab, text, root, tokens)
    : grammarAfterPatterns(vocab, text, { root, tokens, patterns });
}
