/** Choosing a token from a context's logits. */
import { ArgumentError, MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { stateOf } from "./context-state.js";
import { handleOf } from "./handle.js";
import { api } from "./library.js";
import { checkOutput } from "./outputs.js";
import { createFromCallbacks, rethrowing } from "./sampler-callbacks.js";
import { leavesOf, nodeOf, running, type SamplerNode } from "./sampler-node.js";
import { arraySelection, selectInArray } from "./token-array.js";

/** `llama_sampler_sample`, or the same in steps where C would end the process when something is missing. */
export function sample(sampler: object, context: object, index: number): number {
  const at = checkOutput(context, index);
  const handle = handleOf(context, "llama_context");
  const pointer = handle.pointer;
  const node = nodeOf(sampler);
  checkVocabulary(node, context);
  handle.retain();
  try {
    return running(sampler, (own) =>
      selectsForSure(node) ? api().llama_sampler_sample(own, pointer, at) : sampleInSteps(node, pointer, at),
    );
  } finally {
    handle.release();
  }
}

/** Tells the samplers which token came; throws where C would end the process. */
export function accept(sampler: object, token: number): void {
  const node = nodeOf(sampler);
  running(sampler, (pointer) => {
    checkAllowed(node, token);
    api().llama_sampler_accept(pointer, token);
  });
}

function checkAllowed(node: SamplerNode, token: number): void {
  for (const { guard, pointer, vocabularySize } of leavesOf(node)) {
    if (vocabularySize !== undefined && token >= vocabularySize)
      throw new ArgumentError("token", `a token id from 0 to ${vocabularySize - 1}`, token);
    guard?.(pointer, token);
  }
}

/** The smallest vocabulary that a sampler was made for. */
export function vocabularyOf(node: SamplerNode): number {
  let least = Infinity;
  for (const { vocabularySize = Infinity } of leavesOf(node)) least = Math.min(least, vocabularySize);
  return least;
}

function checkVocabulary(node: SamplerNode, context: object): void {
  const allowed = vocabularyOf(node);
  const { vocabularySize } = stateOf(context).limits;
  if (vocabularySize <= allowed) return;
  throw new MullamaError(
    "ARGUMENT_INVALID",
    `The sampler was made for a vocabulary of ${allowed} tokens; the context's model has ${vocabularySize}.`,
  );
}

/** Ends with a sampler that always selects, and nothing in it refuses tokens, calls back, or leaves its work to a context. */
function selectsForSure(node: SamplerNode): boolean {
  const leaves = leavesOf(node);
  return (
    (leaves.at(-1)?.selects ?? false) &&
    leaves.every(({ guard, callbacks, claimed }) => guard === undefined && callbacks === undefined && !claimed)
  );
}

let stepper: Pointer<"llama_sampler"> | undefined;
let step: ((array: Pointer<"llama_token_data_array">) => void) | undefined;

/** C fills the candidates, and each step is looked at here: nothing selected, or a token that a grammar rules out, is an error. */
function sampleInSteps(node: SamplerNode, context: Pointer<"llama_context">, index: number): number {
  if (step !== undefined) throw new MullamaError("BUSY", "A sampler cannot sample from a context while another does.");
  let selected = true;
  step = (array) => {
    api().llama_sampler_apply(node.pointer, array);
    selected = arraySelection(array) !== undefined;
    // C ends the process when none is selected.
    if (!selected) selectInArray(array, 0);
  };
  try {
    const token = rethrowing(() => api().llama_sampler_sample(useStepper(), context, index));
    if (!selected) {
      throw new MullamaError("SAMPLING_FAILED", "No sampler of the chain has selected a token.", {
        hint: "End it with greedy, dist, mirostat, mirostatV2 or adaptiveP.",
      });
    }
    checkAllowed(node, token);
    rethrowing(() => api().llama_sampler_accept(node.pointer, token));
    return token;
  } finally {
    step = undefined;
  }
}

/** A chain, since C keeps a chain's memory for the candidates. It lives as long as the thread. */
function useStepper(): Pointer<"llama_sampler"> {
  if (stepper !== undefined) return stepper;
  const chain = api().llama_sampler_chain_init({ no_perf: true });
  if (chain === null) throw new MullamaError("OUT_OF_SPACE", "llama.cpp could not make a sampler.");
  api().llama_sampler_chain_add(chain, createFromCallbacks({ name: "steps", apply: (array) => step?.(array) }));
  stepper = chain;
  return chain;
}
