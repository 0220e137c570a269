import { AsyncLocalStorage } from "node:async_hooks";
import type { GenerationEnd } from "../../engine/hosts/engine-client.js";
import { MullamaError } from "../../errors.js";
import type { Bucket } from "./bucket.js";

/** What one request takes of the tokens of its key: what it is thought to need until it is known what it has used. */
export class TokenMeter {
  readonly #bucket: Bucket;
  readonly #estimate: number;
  #reserved = true;
  #counted = false;

  /** @param estimate tokens that are set aside for its prompt */
  constructor(bucket: Bucket, estimate: number) {
    this.#bucket = bucket;
    this.#estimate = estimate;
    bucket.take(estimate);
  }

  /** One of its answers has ended. What several answers have of their prompt in common is counted once. */
  ended(end: GenerationEnd): void {
    if ("finish" in end) {
      const { promptTokens, cachedTokens, completionTokens } = end.finish.usage;
      this.count(completionTokens + (this.#counted ? promptTokens - cachedTokens : promptTokens));
    } else if (end.tokens > 0 || wasLeft(end.error)) this.count(end.tokens + (this.#counted ? 0 : this.#estimate));
  }

  /** So many tokens were computed. */
  count(tokens: number): void {
    this.#counted = true;
    this.release();
    this.#bucket.take(tokens);
  }

  /** Gives back what was set aside, once. */
  release(): void {
    if (this.#reserved) this.#bucket.take(-this.#estimate);
    this.#reserved = false;
  }
}

/** Whoever leaves has had the prompt computed. */
function wasLeft(error: Error): boolean {
  return MullamaError.isInstance(error) && (error.code === "ABORTED" || error.code === "DEADLINE_EXCEEDED");
}

/** Knows the meter of the request that runs now. */
export class TokenMeters {
  readonly #requests = new AsyncLocalStorage<TokenMeter>();

  /** Undefined where the tokens of its key are not limited. */
  get current(): TokenMeter | undefined {
    return this.#requests.getStore();
  }

  /** The request that runs now has had so many tokens embedded. */
  count(tokens: number): void {
    this.current?.count(tokens);
  }

  run<Result>(meter: TokenMeter, work: () => Result): Result {
    return this.#requests.run(meter, work);
  }
}
