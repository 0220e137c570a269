import { ArgumentError } from "../errors.js";
import { definedOf } from "./defined-of.js";
import type { GenerationRequest } from "./generation-request.js";
import type { EngineClient, StreamOptions } from "./hosts/engine-client.js";
import type { GenerationFinish } from "./protocol.js";
import type { TokenLogprobs } from "./sampling/token-logprobs.js";

/** What to generate after what is there already. */
export type GenerationOptions = Omit<GenerationRequest, "prompt">;

/** A whole answer. */
export interface GenerationResult extends GenerationFinish {
  readonly text: string;
  readonly tokens: Int32Array;
  /** One for each token, where they were asked for. */
  readonly logprobs?: readonly TokenLogprobs[];
}

/**
 * A text that grows: by what is appended, and by what the model generates. It is cheap to fork, since the engine shares
 * what it has computed of the tokens that two of them have in common.
 *
 * @example
 * const story = await model.sequence("Once upon a time");
 * const endings = [story.fork(), story.fork()];
 * for (const ending of endings) await ending.generate({ maxTokens: 50 });
 */
export class Sequence {
  readonly #client: EngineClient;
  readonly #defaults: GenerationOptions;
  #tokens: Int32Array;
  #busy = false;

  /** @internal Use `model.sequence`. */
  constructor(client: EngineClient, tokens: Int32Array, defaults: GenerationOptions = {}) {
    this.#client = client;
    this.#defaults = defaults;
    this.#tokens = tokens;
  }

  /** All its tokens so far; a copy. */
  get tokens(): Int32Array {
    return this.#tokens.slice();
  }

  /** Its text so far, without control tokens. */
  text(): Promise<string> {
    return this.#client.request({ type: "detokenize", tokens: this.#tokens });
  }

  /** Appends a text, or tokens. */
  async append(more: string | Int32Array | readonly number[]): Promise<void> {
    await this.#alone(async () => {
      const tokens =
        typeof more === "string"
          ? await this.#client.request({ type: "tokenize", text: more, addSpecial: false })
          : Int32Array.from(more);
      this.#extend(tokens);
    });
  }

  /** Generates more, and appends it. A stop text that ends the answer is not in the result, but its tokens are. */
  generate(options: GenerationOptions = {}, stream: StreamOptions = {}): Promise<GenerationResult> {
    return this.#alone(async () => {
      const request = { ...this.#defaults, ...definedOf(options), prompt: this.#tokens, echo: false };
      const result = await generateAll(this.#client, request, stream);
      this.#extend(result.tokens);
      return result;
    });
  }

  /** Another that begins where this one is now. */
  fork(): Sequence {
    return new Sequence(this.#client, this.#tokens, this.#defaults);
  }

  /** What the engine has computed of it, to be loaded later with `model.loadState`; it is computed where it is not cached. */
  save(): Promise<Uint8Array> {
    return this.#client.request({ type: "save", tokens: this.#tokens });
  }

  #extend(more: Int32Array): void {
    const longer = new Int32Array(this.#tokens.length + more.length);
    longer.set(this.#tokens);
    longer.set(more, this.#tokens.length);
    this.#tokens = longer;
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#busy) {
      throw new ArgumentError("sequence", "idle: it grows at one place only", "generating", {
        hint: "Wait for the call before, or fork it.",
      });
    }
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

/** Waits for a whole answer. */
export async function generateAll(
  client: EngineClient,
  request: GenerationRequest,
  options: StreamOptions,
): Promise<GenerationResult> {
  let text = "";
  const tokens: number[] = [];
  const logprobs: TokenLogprobs[] = [];
  const stream = client.stream(request, options);
  for (;;) {
    const { done, value } = await stream.next();
    if (done === true) {
      const finish = value ?? (await stream.result);
      const extra = request.logprobs === undefined ? {} : { logprobs };
      return { ...finish, text, tokens: Int32Array.from(tokens), ...extra };
    }
    text += value.text;
    tokens.push(...value.tokens);
    logprobs.push(...(value.logprobs ?? []));
  }
}
