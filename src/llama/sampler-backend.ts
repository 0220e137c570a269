/** What a chain must be for a context to run its samplers in the graph: C asserts it. */
import { ArgumentError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { isClaimed, leavesOf, nodeOf, samplerPointer, type SamplerNode } from "./sampler-node.js";

/** C tries the samplers out on so many candidates. */
const PROBED = 131_072;

/**
 * Hands a chain to a context, once: C ends the process when a sampler is set up twice. It can no longer be changed.
 *
 * @param vocabularySize of the context's model
 */
export function claimForBackend(sampler: object, vocabularySize: number): Pointer<"llama_sampler"> {
  const pointer = samplerPointer(sampler);
  const node = nodeOf(sampler);
  if (node.children === undefined) throw new ArgumentError("sampler", "a chain", sampler);
  if (isClaimed(node))
    throw new ArgumentError("sampler", "one that no context has had, nor any part of it", sampler, {
      hint: "Pass a clone.",
    });
  checkParts(leavesOf(node), vocabularySize);
  claim(node);
  return pointer;
}

function checkParts(leaves: readonly SamplerNode[], vocabularySize: number): void {
  let candidates = Math.min(vocabularySize, PROBED);
  for (const { config, vocabularySize: own } of leaves) {
    if (own !== undefined && own !== vocabularySize) {
      throw new ArgumentError("sampler", `made for a vocabulary of ${vocabularySize} tokens`, own);
    }
    const [type, parameter] = config.split(" ");
    if (type === "topK" && Number(parameter) > candidates) {
      throw new ArgumentError(
        "sampler",
        `a chain whose topK asks for no more than the ${candidates} candidates that it gets`,
        Number(parameter),
      );
    }
    if (type === "topK" && Number(parameter) > 0) candidates = Number(parameter);
    if (type === "temperature" && Number(parameter) === 0) candidates = 1;
    if (type === "dynamicTemperature" && config.startsWith("dynamicTemperature 0 0 ")) candidates = 1;
  }
}

function claim(node: SamplerNode): void {
  node.claimed = true;
  node.children?.forEach(claim);
}
