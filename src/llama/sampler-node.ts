/** What this layer knows about a sampler of C's, who frees it, and who may use it when. */
import { ArgumentError, MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { Handle, own } from "./handle.js";
import { forgetCallbacks, rethrowing } from "./sampler-callbacks.js";

/** A sampler of C's. */
export interface SamplerNode {
  readonly pointer: Pointer<"llama_sampler">;
  /** Type and parameters: C copies state only between samplers that are alike. */
  readonly config: string;
  /** Always selects a token when there is one. */
  readonly selects: boolean;
  /** Token ids must be below it. */
  readonly vocabularySize: number | undefined;
  /** Models that must outlive it. */
  readonly models: readonly Handle<"llama_model">[];
  /** A grammar: C ends the process when a token is accepted that it rules out. Throws for such a token. */
  readonly guard: ((sampler: Pointer<"llama_sampler">, token: number) => void) | undefined;
  /** The number of its JavaScript functions. */
  callbacks: number | undefined;
  /** The samplers of a chain. */
  readonly children: SamplerNode[] | undefined;
  /** Has been set up to run inside a context's graph. */
  claimed: boolean;
}

/** A node with what most samplers have not. */
export function makeNode(
  pointer: Pointer<"llama_sampler"> | null,
  config: string,
  rest: Partial<SamplerNode> = {},
): SamplerNode {
  if (pointer === null) throw new MullamaError("OUT_OF_SPACE", "llama.cpp could not make a sampler.");
  return {
    pointer,
    config,
    selects: false,
    vocabularySize: undefined,
    models: [],
    guard: undefined,
    callbacks: undefined,
    children: undefined,
    claimed: false,
    ...rest,
  };
}

/** Counts the changes of chains: what was found out about one before is stale after. */
let changes = 0;
const knownLeaves = new WeakMap<SamplerNode, { readonly changes: number; readonly leaves: readonly SamplerNode[] }>();

/** To be called after samplers were put into a chain or taken out. */
export function chainChanged(): void {
  changes++;
}

/** The samplers of a chain and of the chains in it, or the sampler itself. */
export function leavesOf(node: SamplerNode): readonly SamplerNode[] {
  const known = knownLeaves.get(node);
  if (known?.changes === changes) return known.leaves;
  const leaves = node.children === undefined ? [node] : node.children.flatMap(leavesOf);
  knownLeaves.set(node, { changes, leaves });
  return leaves;
}

interface Seat {
  readonly node: SamplerNode;
  /** Undefined while a chain owns the sampler. */
  handle: Handle<"llama_sampler"> | undefined;
  owner: object | undefined;
  running: boolean;
}

const seats = new WeakMap<object, Seat>();

/** Makes `sampler` the owner of C's sampler, or lets it stand for one that C's chain owns. */
export function takeSeat(sampler: object, node: SamplerNode, owner: object | undefined): void {
  for (const model of node.models) model.retain();
  const handle = owner === undefined ? own(sampler, makeHandle(node)) : undefined;
  seats.set(sampler, { node, handle, owner, running: false });
}

/** C's chain has taken the sampler over. */
export function giveToChain(sampler: object, chain: object): void {
  const seat = seatOf(sampler);
  seat.handle?.disown();
  seat.handle = undefined;
  seat.owner = chain;
}

/** C's chain has let go of the sampler. */
export function takeFromChain(sampler: object): void {
  const seat = seatOf(sampler);
  seat.owner = undefined;
  seat.handle = own(sampler, makeHandle(seat.node));
}

/** Whether the sampler, or the chain that owns it, has been disposed. */
export function isDisposed(sampler: object): boolean {
  return rootOf(sampler).handle?.disposed ?? true;
}

export function nodeOf(sampler: object): SamplerNode {
  return seatOf(sampler).node;
}

export function ownerOf(sampler: object): object | undefined {
  return seatOf(sampler).owner;
}

/** C's address of a sampler that is alive and not in use further up the call stack. */
export function samplerPointer(sampler: object): Pointer<"llama_sampler"> {
  const root = rootOf(sampler);
  void root.handle?.pointer;
  if (root.running)
    throw new MullamaError("BUSY", "This sampler is running.", { hint: "Change it after the call that runs it." });
  return nodeOf(sampler).pointer;
}

/** Runs a call into C on a sampler: what it calls back cannot change or free the sampler, and what that throws is thrown. */
export function running<Result>(sampler: object, call: (pointer: Pointer<"llama_sampler">) => Result): Result {
  const pointer = samplerPointer(sampler);
  const root = rootOf(sampler);
  root.running = true;
  root.handle?.retain();
  try {
    return rethrowing(() => call(pointer));
  } finally {
    root.running = false;
    root.handle?.release();
  }
}

/** Whether it, or a part of it, has been set up to run inside a context's graph. */
export function isClaimed(node: SamplerNode): boolean {
  return node.claimed || (node.children?.some(isClaimed) ?? false);
}

function seatOf(sampler: object): Seat {
  const seat = seats.get(sampler);
  if (seat === undefined) throw new ArgumentError("sampler", "a Sampler, made on this thread", sampler);
  return seat;
}

function rootOf(sampler: object): Seat {
  let seat = seatOf(sampler);
  while (seat.owner !== undefined) seat = seatOf(seat.owner);
  return seat;
}

function makeHandle(node: SamplerNode): Handle<"llama_sampler"> {
  return new Handle("sampler", node.pointer, { free: "llama_sampler_free", onFreed: () => letGo(node) });
}

function letGo(node: SamplerNode): void {
  node.children?.forEach(letGo);
  for (const model of node.models) model.release();
  if (node.callbacks !== undefined) forgetCallbacks(node.callbacks);
}
