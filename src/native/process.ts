/** What the process itself offers: its C library, a lock that all its threads share, and its end. */
import { koffi } from "./koffi.js";
import type { Pointer } from "./pointer.js";

const windows = process.platform === "win32";

let image: ReturnType<typeof koffi.load> | undefined;

/** The symbols of the program and of its C library. */
function processImage(): ReturnType<typeof koffi.load> {
  image ??= koffi.load(windows ? "ucrtbase.dll" : null);
  return image;
}

/** The address of a function of the C library. */
export function libcFunction(name: string): Pointer<string> {
  return processImage().symbol(name) as Pointer<string>;
}

/** A function of the C library, to be called; its type is taken on trust. */
export function libcCall<Fn>(name: string, result: string, parameters: string[]): Fn {
  return processImage().func(name, result, parameters) as unknown as Fn;
}

/** `FILE *fopen(path, "rb")`, or null. */
export function openFile(path: string): Pointer<"FILE"> | null {
  const open = processImage().func(
    windows ? "_wfopen" : "fopen",
    "void *",
    windows ? ["str16", "str16"] : ["str", "str"],
  );
  return open(path, "rb") as Pointer<"FILE"> | null;
}

/** `fseek(file, offset, SEEK_SET)`; whether it worked. */
export function seekFile(file: Pointer<"FILE">, offset: number): boolean {
  const seek = processImage().func(windows ? "_fseeki64" : "fseeko", "int", ["void *", "int64", "int"]);
  return seek(file, offset, 0) === 0;
}

/** `fclose(file)`. */
export function closeFile(file: Pointer<"FILE">): void {
  processImage().func("fclose", "int", ["void *"])(file);
}

type Lock = (file: bigint) => void;

/** What all copies of this module on a thread share: the runtime refuses a second hook of the same function and argument. */
const thread: { locked: boolean; readonly hooks: Map<string, number> } = ((globalThis as Record<symbol, unknown>)[
  Symbol.for("mullama.thread")
] ??= { locked: false, hooks: new Map() }) as typeof thread;

let mutex:
  | { readonly file: bigint; readonly lock: Lock; readonly unlock: Lock; readonly unlockAddress: Pointer<string> }
  | undefined;

/**
 * Runs `section` while no other thread of this process runs one. ggml's registry of backends and its logger are
 * global and unguarded, and each worker thread has its own copy of this module: the C library's own lock on
 * `stdin`, which JavaScript runtimes do not use, is a mutex that all of them can find.
 *
 * A worker that is terminated inside gives the lock back: no `finally` runs then, but the runtime's hooks do. No
 * JavaScript function begins between locking and the hook, nor between its removal and unlocking, and a
 * termination takes hold only where one begins.
 */
export function processLock<Result>(section: () => Result): Result {
  mutex ??= findMutex();
  hooks ??= findHooks();
  const { file, lock, unlock, unlockAddress } = mutex;
  const { add, remove, env } = hooks;
  if (thread.locked) return section();
  lock(file);
  add(env, unlockAddress, file);
  thread.locked = true;
  try {
    return section();
  } finally {
    thread.locked = false;
    remove(env, unlockAddress, file);
    unlock(file);
  }
}

function findMutex(): NonNullable<typeof mutex> {
  const libc = processImage();
  const name = windows ? "_unlock_file" : "funlockfile";
  return {
    file: findStandardInput(),
    lock: libc.func(windows ? "_lock_file" : "flockfile", "void", ["void *"]),
    unlock: libc.func(name, "void", ["void *"]),
    unlockAddress: libcFunction(name),
  };
}

function findStandardInput(): bigint {
  const libc = processImage();
  if (windows) return libc.func("__acrt_iob_func", "void *", ["uint32"])(0) as bigint;
  return koffi.decode(libc.symbol(process.platform === "darwin" ? "__stdinp" : "stdin"), "void *") as bigint;
}

type Hook = (env: unknown, run: bigint, argument: bigint) => number;

let hooks: { readonly env: unknown; readonly add: Hook; readonly remove: Hook } | undefined;

/** Node-API's cleanup hooks; where a runtime has none, functions that say so. */
function findHooks(): NonNullable<typeof hooks> {
  try {
    const node = koffi.load(null);
    const parameters = ["void *", "void *", "void *"];
    const add = node.func("napi_add_env_cleanup_hook", "int", parameters) as unknown as Hook;
    const remove = node.func("napi_remove_env_cleanup_hook", "int", parameters) as unknown as Hook;
    return { env: koffi.node.env, add, remove };
  } catch {
    const missing = (): number => -1;
    return { env: undefined, add: missing, remove: missing };
  }
}

/**
 * Has the runtime call the C function `run(argument)` when this thread's JavaScript ends, also when a worker is
 * terminated and no `finally` runs. Hooks run in reverse order. Returns how to take it back, or undefined where
 * the runtime does not offer it.
 */
export function atThreadEnd(run: Pointer<string>, argument: Pointer<string>): (() => void) | undefined {
  hooks ??= findHooks();
  const { env, add, remove } = hooks;
  const key = `${run} ${argument}`;
  const others = thread.hooks.get(key) ?? 0;
  if (others === 0 && add(env, run, argument) !== 0) return undefined;
  thread.hooks.set(key, others + 1);
  let live = true;
  return () => {
    if (!live) return;
    live = false;
    const left = (thread.hooks.get(key) ?? 1) - 1;
    if (left > 0) thread.hooks.set(key, left);
    else {
      thread.hooks.delete(key);
      remove(env, run, argument);
    }
  };
}
