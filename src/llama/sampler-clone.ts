/** Copies of samplers and of their state. */
import { ArgumentError, MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { api } from "./library.js";
import { callbacksKey, callbacksOf, forgetCallbacks } from "./sampler-callbacks.js";
import { leavesOf, nodeOf, ownerOf, running, samplerPointer, type SamplerNode } from "./sampler-node.js";

/** No vocabulary has this token. */
const NO_TOKEN = 2 ** 31 - 1;

/** `llama_sampler_clone`. */
export function cloneNode(sampler: object): SamplerNode {
  const node = nodeOf(sampler);
  samplerPointer(sampler);
  checkCloneable(node);
  let clone: Pointer<"llama_sampler"> | null = null;
  try {
    running(sampler, (pointer) => (clone = api().llama_sampler_clone(pointer)));
    return adopt(node, clone);
  } catch (error) {
    api().llama_sampler_free(clone);
    throw error;
  }
}

function checkCloneable(node: SamplerNode): void {
  for (const leaf of leavesOf(node)) {
    if (leaf.callbacks === undefined || callbacksOf(leaf.pointer)?.clone !== undefined) continue;
    throw new MullamaError("UNSUPPORTED", "A sampler in TypeScript without clone() cannot be cloned.");
  }
}

function adopt(from: SamplerNode, pointer: Pointer<"llama_sampler"> | null): SamplerNode {
  if (pointer === null) throw new MullamaError("OUT_OF_SPACE", "llama.cpp could not clone a sampler.");
  settle(from, pointer);
  return {
    ...from,
    pointer,
    callbacks: from.callbacks === undefined ? undefined : callbacksKey(pointer),
    children: from.children?.map((child, index) => adopt(child, api().llama_sampler_chain_get(pointer, index))),
    claimed: false,
  };
}

/** `llama_sampler_copy`, between samplers that are alike. */
export function copyState(from: object, to: object): void {
  const source = samplerPointer(from);
  const target = samplerPointer(to);
  if (source === target) return;
  if (rootObject(from) === rootObject(to)) throw new ArgumentError("from", "of another chain", from);
  checkCloneable(nodeOf(from));
  if (!alike(nodeOf(from), nodeOf(to))) throw new ArgumentError("from", "a sampler with the same parameters", from);
  running(from, () => running(to, () => api().llama_sampler_copy(source, target)));
  refresh(nodeOf(to));
}

function alike(from: SamplerNode, to: SamplerNode): boolean {
  if (from.config !== to.config || from.children?.length !== to.children?.length) return false;
  return (
    from.children?.every((child, index) => to.children?.[index] !== undefined && alike(child, to.children[index])) ??
    true
  );
}

/** C may have put other functions in the place of a sampler's. */
function refresh(node: SamplerNode): void {
  node.children?.forEach(refresh);
  settle(node, node.pointer);
  if (node.callbacks === undefined) return;
  const key = callbacksKey(node.pointer);
  if (key === node.callbacks) return;
  forgetCallbacks(node.callbacks);
  node.callbacks = key;
}

/** C copies that adaptive-p waits for a token, but not what it would then read: let it wait for none. */
function settle(node: SamplerNode, pointer: Pointer<"llama_sampler">): void {
  if (node.config.startsWith("adaptiveP ")) api().llama_sampler_accept(pointer, NO_TOKEN);
}

function rootObject(sampler: object): object {
  let root = sampler;
  for (let owner = ownerOf(root); owner !== undefined; owner = ownerOf(root)) root = owner;
  return root;
}
