/**
 * Ownership of C's objects, in one place.
 *
 * - A handle is freed once: by `dispose()`, by `using`, or at last by the finalizer.
 * - What depends on it (a context on its model) retains it, so C frees children first in whatever order users let go.
 * - Everything is freed on the thread that made it. When a worker ends without disposing, also by `terminate()`,
 *   the runtime frees what is left, youngest first.
 */
import { isMainThread } from "node:worker_threads";
import { ArgumentError, DisposedError, MullamaError } from "../errors.js";
import { atThreadEnd, type NativeFunctions, openLibrary, type Pointer } from "../native/index.js";

export interface HandleOptions {
  /** The C function that frees the object, `void free(pointer)`. */
  readonly free: keyof NativeFunctions;
  /** What must be freed later than this. */
  readonly parents?: readonly Handle<string>[];
  /** Runs right after C has freed the object: for callbacks and memory that it used. */
  readonly onFreed?: () => void;
}

/** Holds one of C's objects until its owner and all that depend on it let go. */
export class Handle<To extends string> {
  readonly #what: string;
  readonly #options: HandleOptions;
  readonly #address: Pointer<To>;
  #references = 1;
  #disposed = false;
  #busy = false;
  #cancelThreadEnd: (() => void) | undefined;

  constructor(what: string, pointer: Pointer<To>, options: HandleOptions) {
    this.#what = what;
    this.#options = options;
    this.#address = pointer;
    for (const parent of options.parents ?? []) parent.retain();
    this.#freeAtThreadEnd();
  }

  /** The address; throws when the owner has disposed the object or an asynchronous call is using it. */
  get pointer(): Pointer<To> {
    if (this.#disposed) throw new DisposedError(this.#what);
    if (this.#busy) throw busy(this.#what);
    return this.#address;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** The address for those who retain the object: its owner may have let go. */
  get retainedPointer(): Pointer<To> {
    return this.#address;
  }

  /** Whether `free` is the C function that frees the object, which tells what it is. */
  isFreedBy(free: string): boolean {
    return this.#options.free === free;
  }

  /** Whether the object is freed before `parent`. */
  dependsOn(parent: Handle<string>): boolean {
    return this.#options.parents?.includes(parent) ?? false;
  }

  /** Keeps the object alive in C until {@link release}. */
  retain(): void {
    this.#references++;
  }

  release(): void {
    if (--this.#references > 0) return;
    this.#cancelThreadEnd?.();
    const free = openLibrary().functions[this.#options.free] as unknown as (pointer: bigint) => void;
    free(this.#address);
    this.#options.onFreed?.();
    for (const parent of this.#options.parents ?? []) parent.release();
  }

  /** The owner lets go. Does nothing the second time. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.release();
  }

  /** Hands the object to one of C's that will free it; this handle is as disposed. Others must not retain it. */
  disown(): Pointer<To> {
    const pointer = this.pointer;
    if (this.#references > 1) throw busy(this.#what);
    this.#cancelThreadEnd?.();
    this.#disposed = true;
    return pointer;
  }

  /** Runs an asynchronous call on the object alone: others throw `BUSY` until it ends; disposal waits for it. */
  async exclusively<Result>(call: (pointer: Pointer<To>) => Promise<Result>): Promise<Result> {
    const pointer = this.pointer;
    this.#busy = true;
    this.retain();
    // A thread that ends meanwhile must not free what a pool thread is using.
    this.#cancelThreadEnd?.();
    try {
      return await call(pointer);
    } finally {
      this.#busy = false;
      this.#freeAtThreadEnd();
      this.release();
    }
  }

  #freeAtThreadEnd(): void {
    if (isMainThread) return;
    this.#cancelThreadEnd = atThreadEnd(openLibrary().addressOf(this.#options.free), this.#address);
  }
}

function busy(what: string): MullamaError {
  return new MullamaError("BUSY", `This ${what} is in use by an asynchronous call.`, {
    hint: "Wait for its promise first.",
  });
}

const handles = new WeakMap<object, Handle<string>>();

const finalizer = new FinalizationRegistry<Handle<string>>((handle) => handle.dispose());

/** Ties a handle to the safe object that owns it: found by {@link handleOf}, let go when the object is collected. */
export function own<To extends string>(owner: object, handle: Handle<To>): Handle<To> {
  handles.set(owner, handle);
  finalizer.register(owner, handle, handle);
  return handle;
}

/** Disposes the handle of a safe object. */
export function disposeOf(owner: object): void {
  const handle = handles.get(owner);
  if (handle === undefined) return;
  finalizer.unregister(handle);
  handle.dispose();
}

/**
 * The handle of a safe object of this layer.
 *
 * @throws {ArgumentError} where the object is of another kind, which the type system cannot see in JavaScript
 */
export function handleOf<To extends string>(owner: object, to: To): Handle<To> {
  const handle = handles.get(owner);
  if (handle === undefined)
    throw new MullamaError(
      "DISPOSED",
      `This ${(owner as object | undefined)?.constructor?.name ?? typeof owner} was not made by mullama, or not on this thread.`,
    );
  if (!handle.isFreedBy(to === "llama_context" ? "llama_free" : `${to}_free`))
    throw new ArgumentError("the object", `one of C's ${to}`, owner);
  return handle as unknown as Handle<To>;
}
