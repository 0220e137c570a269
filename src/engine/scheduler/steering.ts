/** What changes a model's computation: LoRA adapters and control vectors, and from which position on. */
import { statSync } from "node:fs";
import { MullamaError } from "../../errors.js";
import { type AdapterUse, type Context, ControlVector, LoraAdapter, type Model } from "../../llama/index.js";
import type { AdapterChoice, ControlVectorChoice, GenerationRequest } from "../generation-request.js";

/** A way to compute tokens. What is cached is good only for tokens that are computed the same way. */
export interface Steering {
  /** The same for equal ones; empty for the plain model. */
  readonly key: string;
  /** The position that it begins at: tokens before it are the plain model's. */
  readonly from: number;
  readonly adapters: readonly AdapterUse[];
  readonly vector: ControlVector | undefined;
}

/** The plain model. */
export const unsteered: Steering = { key: "", from: Infinity, adapters: [], vector: undefined };

/** The way to compute the token at a position. */
export function steeringAt(steering: Steering, position: number): Steering {
  return position < steering.from ? unsteered : steering;
}

/** How many of the first tokens two ways compute alike. */
export function alike(a: Steering, b: Steering): number {
  return a.key === b.key && a.from === b.from ? Infinity : Math.min(a.from, b.from);
}

/** Loads what requests ask for, once, and applies it to a context. */
export class SteeringSet implements Disposable {
  readonly #model: Model;
  readonly #context: Context;
  readonly #adapters = new Map<string, LoraAdapter>();
  readonly #vectors = new Map<string, ControlVector>();
  #applied = unsteered;

  constructor(model: Model, context: Context) {
    this.#model = model;
    this.#context = context;
  }

  /**
   * What a request asks for.
   *
   * @throws {MullamaError} `ADAPTER_LOAD_FAILED`, `GGUF_INVALID`; `ARGUMENT_INVALID` where an activated LoRA is not invoked in the prompt
   */
  resolve({ adapters = [], controlVectors = [] }: GenerationRequest, prompt: Int32Array): Steering {
    if (adapters.length === 0 && controlVectors.length === 0) return unsteered;
    const uses = adapters.map(({ path, scale = 1 }) => ({ adapter: this.#adapter(path), scale }));
    return {
      key: keyOf(adapters, controlVectors),
      from: controlVectors.length > 0 ? 0 : beginOf(uses, prompt),
      adapters: uses,
      vector: this.#combine(controlVectors),
    };
  }

  /** Computes this way from now on. */
  apply(steering: Steering): void {
    if (steering.key === this.#applied.key) return;
    this.#context.setAdapters(steering.adapters);
    if (steering.vector !== this.#applied.vector) this.#context.setControlVector(steering.vector);
    this.#applied = steering;
  }

  [Symbol.dispose](): void {
    for (const adapter of this.#adapters.values()) adapter.dispose();
    this.#adapters.clear();
  }

  #adapter(path: string): LoraAdapter {
    const known = this.#adapters.get(path);
    if (known !== undefined) return known;
    const loaded = LoraAdapter.load(this.#model, path);
    this.#adapters.set(path, loaded);
    return loaded;
  }

  #combine(choices: readonly ControlVectorChoice[]): ControlVector | undefined {
    let sum: ControlVector | undefined;
    for (const { path, strength = 1 } of choices) {
      const vector = this.#vector(path).scaled(strength);
      sum = sum === undefined ? vector : sum.plus(vector);
    }
    return sum;
  }

  #vector(path: string): ControlVector {
    const vector = this.#vectors.get(path) ?? ControlVector.load(path);
    const size = this.#model.embeddingSize;
    if (vector.embeddingSize !== size) {
      throw new MullamaError(
        "ADAPTER_LOAD_FAILED",
        `${path} has directions of ${vector.embeddingSize} numbers, but the model's embeddings have ${size}.`,
      );
    }
    this.#vectors.set(path, vector);
    return vector;
  }
}

function keyOf(adapters: readonly AdapterChoice[], vectors: readonly ControlVectorChoice[]): string {
  return JSON.stringify([
    adapters.map(({ path, scale = 1 }) => [path, versionOf(path), scale]),
    vectors.map(({ path, strength = 1 }) => [path, versionOf(path), strength]),
  ]);
}

/** What was computed with a file that has changed since is not good any more. */
function versionOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${size} ${mtimeMs}`;
}

/** Plain adapters work from the first token on, an activated one from where the prompt invokes it last. */
function beginOf(uses: readonly AdapterUse[], prompt: Int32Array): number {
  const invocations = uses.map(({ adapter }) => adapter.invocationTokens).filter(({ length }) => length > 0);
  const [invocation] = invocations;
  if (invocation === undefined) return 0;
  if (uses.length > 1) {
    throw new MullamaError("UNSUPPORTED", "An activated LoRA (aLoRA) cannot be combined with other adapters.");
  }
  for (let start = prompt.length - invocation.length; start >= 0; start--) {
    if (invocation.every((token, index) => prompt[start + index] === token)) return start;
  }
  throw new MullamaError("ARGUMENT_INVALID", "The prompt does not invoke the activated LoRA (aLoRA).", {
    hint: `Its invocation tokens are ${invocation.join(", ")}; let the prompt contain them.`,
  });
}
