/** Samplers written in TypeScript. */
import { ArgumentError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import type { Candidates } from "./candidates.js";
import { checkFunction, checkText } from "./check.js";
import { callbacksKey, createFromCallbacks, type SamplerCallbacks } from "./sampler-callbacks.js";
import { makeNode, type SamplerNode } from "./sampler-node.js";
import { viewTokenArray } from "./token-array.js";

/**
 * A sampler of your own. What it throws is thrown by the call that ran it, after C has returned.
 *
 * @example
 * const noRepeats = (last = -1): CustomSampler => ({
 *   name: "no-repeats",
 *   apply(candidates) {
 *     for (let i = 0; i < candidates.size; i++) if (candidates.id(i) === last) candidates.setLogit(i, -Infinity);
 *   },
 *   accept(token) { last = token; },
 *   reset() { last = -1; },
 *   clone: () => noRepeats(last),
 * });
 * const sampler = Sampler.chain().custom(noRepeats()).greedy();
 */
export interface CustomSampler {
  readonly name: string;
  /** Reweighs, reorders, shortens or selects. The candidates are C's and expire when it returns. */
  apply(candidates: Candidates): void;
  /** Learns which token was chosen. */
  accept?(token: number): void;
  /** Forgets what it learned. */
  reset?(): void;
  /** Another in the same state. Without it, the sampler and its chain cannot be cloned. */
  clone?(): CustomSampler;
}

let definitions = 0;
const numbers = new WeakMap<object, number>();

export function custom(sampler: CustomSampler): SamplerNode {
  const pointer = createFromCallbacks(callbacksFor(sampler));
  const number = numbers.get(sampler) ?? ++definitions;
  numbers.set(sampler, number);
  return makeNode(pointer, `custom ${number}`, { callbacks: callbacksKey(pointer) });
}

function callbacksFor(sampler: CustomSampler): SamplerCallbacks {
  if (typeof sampler !== "object" || sampler === null)
    throw new ArgumentError("sampler", "an object with name and apply", sampler);
  checkFunction("sampler.apply", Reflect.get(sampler, "apply"));
  for (const name of ["accept", "reset", "clone"] as const) {
    if (name in sampler) checkFunction(`sampler.${name}`, sampler[name]);
  }
  return {
    name: checkText("sampler.name", sampler.name),
    apply: (array: Pointer<"llama_token_data_array">) =>
      viewTokenArray(array, (candidates) => sampler.apply(candidates)),
    accept: (token) => sampler.accept?.(token),
    reset: () => sampler.reset?.(),
    ...("clone" in sampler && { clone: () => callbacksFor((sampler as Required<CustomSampler>).clone()) }),
  };
}
