import type { Vocab } from "../../llama/index.js";
import type { GenerationRequest } from "../generation-request.js";
import type { FinishReason, GenerationFinish } from "../protocol.js";
import type { SampledToken, TokenSampler } from "../sampling/token-sampler.js";
import type { TokenLogprobs } from "../sampling/token-logprobs.js";
import type { TextStream } from "../text/text-stream.js";
import { TokenBuffer } from "../token-buffer.js";
import type { CachedSequence } from "./cached-sequence.js";
import { RequestClock } from "./request-clock.js";
import { type Steering, steeringAt } from "./steering.js";

/** What a generation is made of. */
export interface GenerationParts {
  readonly id: number;
  /** Grows with each request. */
  readonly arrival: number;
  readonly request: GenerationRequest;
  readonly prompt: Int32Array;
  readonly steering: Steering;
  /** Undefined where no token is wanted. */
  readonly sampler: TokenSampler | undefined;
  readonly text: TextStream;
}

/** Why a generation has ended. */
export interface Ending {
  readonly reason: FinishReason;
  readonly stopText?: string;
  readonly stopToken?: number;
}

/** What came of a step. */
export interface Progress {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly TokenLogprobs[];
  readonly ending: Ending | undefined;
}

/** One request, from its submission to its end. */
export class Generation {
  readonly id: number;
  readonly arrival: number;
  readonly request: GenerationRequest;
  readonly prompt: Int32Array;
  readonly steering: Steering;
  readonly sampler: TokenSampler | undefined;
  readonly clock = new RequestClock();
  /** The prompt and what came after it. */
  readonly tokens: TokenBuffer;
  /** Where it is computed; undefined while it waits. */
  sequence: CachedSequence | undefined;
  /** Its reader is slow, and wants no more for now. */
  paused = false;
  cachedTokens = 0;
  draftTokens = 0;
  acceptedDraftTokens = 0;
  #completionTokens = 0;
  readonly #text: TextStream;
  readonly #stopTokens: ReadonlySet<number>;

  constructor(parts: GenerationParts) {
    this.id = parts.id;
    this.arrival = parts.arrival;
    this.request = parts.request;
    this.prompt = parts.prompt;
    this.steering = parts.steering;
    this.sampler = parts.sampler;
    this.tokens = new TokenBuffer(parts.prompt);
    this.#text = parts.text;
    this.#stopTokens = new Set(parts.request.stopTokens);
  }

  get priority(): number {
    return this.request.priority ?? 0;
  }

  get completionTokens(): number {
    return this.#completionTokens;
  }

  /** How many of its tokens the context holds. */
  get computed(): number {
    return this.sequence?.tokens.length ?? 0;
  }

  /** How many of its tokens the context does not hold yet. */
  get pending(): number {
    return this.tokens.length - this.computed;
  }

  /** How its next token is computed. */
  get nextSteering(): Steering {
    return steeringAt(this.steering, this.computed);
  }

  /** How many more tokens it may generate. */
  get wanted(): number {
    return (this.request.maxTokens ?? Infinity) - this.#completionTokens;
  }

  /** Takes tokens that were sampled, one after the other, until one ends the answer. */
  take(next: () => SampledToken | undefined, vocab: Vocab): Progress {
    let text = "";
    const tokens: number[] = [];
    const logprobs: TokenLogprobs[] = [];
    for (;;) {
      const sampled = next();
      if (sampled === undefined) return { text, tokens, logprobs, ending: undefined };
      const { token } = sampled;
      this.clock.token();
      if (this.#ends(token, vocab)) {
        return { text: text + this.#text.flush(), tokens, logprobs, ending: { reason: "stop", stopToken: token } };
      }
      this.tokens.push(token);
      tokens.push(token);
      this.#completionTokens++;
      if (sampled.logprobs !== undefined) logprobs.push(sampled.logprobs);
      const piece = this.#text.push(token);
      text += piece.text;
      if (piece.stop !== undefined) {
        return { text, tokens, logprobs, ending: { reason: "stop", stopText: piece.stop } };
      }
      if (this.wanted <= 0) {
        return { text: text + this.#text.flush(), tokens, logprobs, ending: { reason: "length" } };
      }
    }
  }

  /** The rest of its text, when it ends for another reason. */
  flush(): string {
    return this.#text.flush();
  }

  finish(ending: Ending): GenerationFinish {
    const seed = this.sampler?.seed;
    return {
      ...ending,
      ...(seed === undefined ? {} : { seed }),
      usage: {
        promptTokens: this.prompt.length,
        completionTokens: this.#completionTokens,
        cachedTokens: this.cachedTokens,
        draftTokens: this.draftTokens,
        acceptedDraftTokens: this.acceptedDraftTokens,
      },
      timings: this.clock.timings(this.prompt.length - this.cachedTokens),
    };
  }

  dispose(): void {
    this.sampler?.dispose();
  }

  #ends(token: number, vocab: Vocab): boolean {
    const { minTokens = 0, ignoreEos = false } = this.request;
    if (this.#stopTokens.has(token) && this.#completionTokens >= minTokens) return true;
    return !ignoreEos && vocab.isEog(token);
  }
}
