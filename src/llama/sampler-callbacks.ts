/**
 * Samplers that C calls and JavaScript runs.
 *
 * All of a thread's share one `llama_sampler_i` and its callbacks, which are never taken back: C may call them as long as
 * the thread's JavaScript runs. A sampler's `ctx` is only a number, under which its functions are found here. There is no
 * `free` callback, since C may free a sampler when no JavaScript can run any more: {@link forgetCallbacks} is called by the
 * owner instead.
 */
import { MullamaError } from "../errors.js";
import {
  type Callbacks,
  NativeMemory,
  type Pointer,
  readPointer,
  registerCallback,
  sizeOf,
  toText,
  writeStruct,
} from "../native/index.js";
import { api } from "./library.js";

/** What C calls. */
export interface SamplerCallbacks {
  readonly name: string;
  apply(array: Pointer<"llama_token_data_array">): void;
  accept?(token: number): void;
  reset?(): void;
  clone?(): SamplerCallbacks;
  /** Called by {@link forgetCallbacks}. */
  dispose?(): void;
}

interface Entry {
  readonly callbacks: SamplerCallbacks;
  readonly name: NativeMemory;
}

const entries = new Map<number, Entry>();
let nextKey = 1;
let sharedInterface: NativeMemory | undefined;
let failures: unknown[] | undefined;

/** Makes a sampler of C's that calls back. */
export function createFromCallbacks(callbacks: SamplerCallbacks): Pointer<"llama_sampler"> {
  const name = toText(callbacks.name);
  const memory = new NativeMemory(name.length);
  memory.bytes.set(name);
  const key = nextKey++;
  entries.set(key, { callbacks, name: memory });
  const pointer = api().llama_sampler_init(
    useInterface().pointer as unknown as Pointer<"llama_sampler_i">,
    BigInt(key) as Pointer<"void">,
  );
  if (pointer === null) throw new MullamaError("OUT_OF_SPACE", "llama.cpp could not make a sampler.");
  return pointer;
}

/** The number under which the functions of a sampler are kept (its `ctx`, the second word); it changes when another's state is copied into it. */
export function callbacksKey(sampler: Pointer<"llama_sampler">): number {
  return Number(readPointer(sampler, 1) ?? 0n);
}

export function callbacksOf(sampler: Pointer<"llama_sampler">): SamplerCallbacks | undefined {
  return entries.get(callbacksKey(sampler))?.callbacks;
}

/** Drops the functions of a sampler that C no longer has. */
export function forgetCallbacks(key: number): void {
  const entry = entries.get(key);
  entries.delete(key);
  entry?.name.free();
  entry?.callbacks.dispose?.();
}

/** Runs a call into C and throws what a callback threw meanwhile. */
export function rethrowing<Result>(call: () => Result): Result {
  const outer = failures;
  const mine: unknown[] = [];
  failures = mine;
  try {
    const result = call();
    if (mine.length > 0) throw mine[0];
    return result;
  } finally {
    failures = outer;
  }
}

function useInterface(): NativeMemory {
  if (sharedInterface !== undefined) return sharedInterface;
  const made = new NativeMemory(sizeOf("llama_sampler_i"));
  const register = <Name extends keyof Callbacks>(name: Name, callback: Callbacks[Name]): Pointer<Name> =>
    registerCallback(name, callback).pointer;
  writeStruct("llama_sampler_i", made.pointer, {
    name: register("llama_sampler_i_name", (sampler) => nameOf(sampler)),
    apply: register("llama_sampler_i_apply", (sampler, array) => guarded(() => callbacksOf(sampler)?.apply(array))),
    accept: register("llama_sampler_i_accept", (sampler, token) =>
      guarded(() => callbacksOf(sampler)?.accept?.(token)),
    ),
    reset: register("llama_sampler_i_reset", (sampler) => guarded(() => callbacksOf(sampler)?.reset?.())),
    clone: register("llama_sampler_i_clone", (sampler) => cloneOf(sampler)),
    free: null,
    backend_init: null,
    backend_accept: null,
    backend_apply: null,
    backend_set_input: null,
    backend_reset: null,
    copy_state: null,
  });
  sharedInterface = made;
  return made;
}

/** C may keep the address of a name as long as the sampler lives. */
function nameOf(sampler: Pointer<"llama_sampler">): string | null {
  return (entries.get(callbacksKey(sampler))?.name.pointer ?? null) as unknown as string | null;
}

/** C would not survive a null here: a sampler that cannot be cloned gives one without functions, and an error. */
function cloneOf(sampler: Pointer<"llama_sampler">): Pointer<"llama_sampler"> | null {
  let cloned: SamplerCallbacks | undefined;
  guarded(() => {
    cloned = callbacksOf(sampler)?.clone?.();
    if (cloned === undefined)
      throw new MullamaError("UNSUPPORTED", "A sampler in TypeScript without clone() cannot be cloned.");
  });
  return createFromCallbacks(cloned ?? { name: "none", apply: () => undefined });
}

function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    failures?.push(error);
  }
}
