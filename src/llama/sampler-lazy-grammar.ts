/**
 * Grammars that wait for a pattern in the text.
 *
 * C matches such patterns with `std::regex`, which ends the process on a pattern that it cannot read, runs out of stack on
 * long texts, and C then ends the process too when the text that is there already does not fit the grammar. So the waiting
 * is done here, with JavaScript's regular expressions, and C's grammar is asked token by token once it is awake.
 */
import { ArgumentError, MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { Handle } from "./handle.js";
import { api } from "./library.js";
import { callbacksKey, callbacksOf, createFromCallbacks, type SamplerCallbacks } from "./sampler-callbacks.js";
import { checkTriggers, createGrammar, grammarConfig, refuseRejected } from "./sampler-grammar.js";
import { makeNode, type SamplerNode } from "./sampler-node.js";
import type { Vocab } from "./vocab.js";
import { modelOf } from "./vocab-model.js";

/** What wakes a lazy grammar. */
export interface GrammarTriggers {
  /** The rule that the text must match. Default `"root"`. */
  readonly root?: string;
  /** Each wakes the grammar, which begins with the token itself. */
  readonly tokens?: Int32Array | readonly number[];
  /**
   * Matched against the text so far. The grammar begins with the text of the first group that is not empty, or with the
   * whole match, and must allow what follows it already.
   */
  readonly patterns?: readonly RegExp[];
}

export function grammarAfterPatterns(vocab: Vocab, text: string, triggers: Required<GrammarTriggers>): SamplerNode {
  const { root } = triggers;
  const tokens = checkTriggers(vocab, text, root, triggers.tokens);
  const patterns = triggers.patterns.map((pattern, index) => {
    if (!(pattern instanceof RegExp)) throw new ArgumentError(`options.patterns[${index}]`, "a RegExp", pattern);
    return new RegExp(pattern.source, `${pattern.flags.replace(/[dgy]/g, "")}d`);
  });
  const pointer = createFromCallbacks(
    new LazyGrammar({ vocab, tokens, patterns, start: () => createGrammar(vocab, text, root) }),
  );
  const config = `${grammarConfig(text, root)} after ${tokens.join(" ")} ${patterns.map(String).join(" ")}`;
  return makeNode(pointer, config, {
    vocabularySize: vocab.size,
    models: [modelOf(vocab)],
    callbacks: callbacksKey(pointer),
    guard: guardLazy,
  });
}

function guardLazy(sampler: Pointer<"llama_sampler">, token: number): void {
  const callbacks = callbacksOf(sampler);
  if (callbacks instanceof LazyGrammar) callbacks.check(token);
}

interface Settings {
  readonly vocab: Vocab;
  readonly tokens: Int32Array;
  readonly patterns: readonly RegExp[];
  readonly start: () => Pointer<"llama_sampler">;
}

interface Piece {
  readonly token: number;
  readonly bytes: Uint8Array;
}

class LazyGrammar implements SamplerCallbacks {
  readonly name = "grammar";
  readonly #settings: Settings;
  /** The grammar, once it is awake. */
  #grammar: Handle<"llama_sampler"> | undefined;
  #pieces: Piece[] = [];
  /** What the token that was last asked about does. */
  #next: { readonly token: number; readonly wakes: Handle<"llama_sampler"> | undefined } | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  apply(array: Pointer<"llama_token_data_array">): void {
    if (this.#grammar !== undefined) api().llama_sampler_apply(this.#grammar.pointer, array);
  }

  /** Throws for a token that cannot be accepted, and remembers what one that can would wake. */
  check(token: number): void {
    if (this.#grammar !== undefined) return refuseRejected(this.#grammar.pointer, token);
    this.#next?.wakes?.dispose();
    this.#next = undefined;
    this.#next = { token, wakes: this.#wake(token) };
  }

  accept(token: number): void {
    if (this.#grammar !== undefined) return api().llama_sampler_accept(this.#grammar.pointer, token);
    if (this.#next?.token !== token) this.check(token);
    this.#grammar = this.#next?.wakes;
    this.#next = undefined;
    if (this.#grammar === undefined) this.#pieces.push(this.#piece(token));
    else this.#pieces = [];
  }

  reset(): void {
    this.dispose();
    this.#pieces = [];
  }

  clone(): SamplerCallbacks {
    const copy = new LazyGrammar(this.#settings);
    copy.#pieces = [...this.#pieces];
    if (this.#grammar !== undefined) copy.#grammar = this.#hold(api().llama_sampler_clone(this.#grammar.pointer));
    return copy;
  }

  dispose(): void {
    this.#next?.wakes?.dispose();
    this.#grammar?.dispose();
    this.#next = undefined;
    this.#grammar = undefined;
  }

  #wake(token: number): Handle<"llama_sampler"> | undefined {
    const { tokens, patterns } = this.#settings;
    if (tokens.includes(token)) return this.#begin([{ token, bytes: new Uint8Array(0) }], 0);
    const pieces = [...this.#pieces, this.#piece(token)];
    const text = new TextDecoder().decode(Buffer.concat(pieces.map(({ bytes }) => bytes)), { stream: true });
    for (const pattern of patterns) {
      const groups = pattern.exec(text)?.indices;
      if (groups === undefined) continue;
      const [start] = groups
        .slice(1)
        .find((group: readonly [number, number] | undefined) => group !== undefined && group[1] > group[0]) ??
        groups[0] ?? [0];
      return this.#begin(pieces, Buffer.byteLength(text.slice(0, start)));
    }
    return undefined;
  }

  /** A grammar that has accepted the bytes from `start` on. */
  #begin(pieces: readonly Piece[], start: number): Handle<"llama_sampler"> {
    const grammar = this.#hold(this.#settings.start());
    try {
      let end = 0;
      for (const { token, bytes } of pieces) {
        const from = end;
        end += bytes.length;
        if (from >= start) this.#feed(grammar, token);
        else
          for (const byte of bytes.subarray(start - from)) this.#feed(grammar, byteToken(this.#settings.vocab, byte));
      }
      return grammar;
    } catch (error) {
      grammar.dispose();
      throw error;
    }
  }

  #feed(grammar: Handle<"llama_sampler">, token: number): void {
    refuseRejected(grammar.pointer, token);
    api().llama_sampler_accept(grammar.pointer, token);
  }

  #hold(pointer: Pointer<"llama_sampler"> | null): Handle<"llama_sampler"> {
    if (pointer === null) throw new MullamaError("OUT_OF_SPACE", "llama.cpp could not make a grammar.");
    return new Handle("grammar", pointer, { free: "llama_sampler_free", parents: [modelOf(this.#settings.vocab)] });
  }

  #piece(token: number): Piece {
    return { token, bytes: this.#settings.vocab.piece(token, { renderSpecial: true }) };
  }
}

const byteTokens = new WeakMap<Vocab, ReadonlyMap<number, number>>();

/** The token of a single byte, for a text that the grammar begins inside of a token. */
function byteToken(vocab: Vocab, byte: number): number {
  let known = byteTokens.get(vocab);
  if (known === undefined) {
    const ids = Array.from({ length: vocab.size }, (_, token) => token);
    known = new Map(
      ids
        .map((token) => [vocab.piece(token), token] as const)
        .filter(([bytes]) => bytes.length === 1)
        .map(([bytes, token]) => [bytes[0] ?? 0, token]),
    );
    byteTokens.set(vocab, known);
  }
  const token = known.get(byte);
  if (token !== undefined) return token;
  throw new MullamaError(
    "UNSUPPORTED",
    "The grammar begins inside of a token, and the vocabulary has no tokens for single bytes.",
  );
}
