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

let standardInput: bigint | undefined;

/**
 * Runs `section` while no other thread of this process runs one. ggml's registry of backends and its logger are
 * global and unguarded, and each worker thread has its own copy of this module: the C library's own lock on
 * `stdin`, which JavaScript runtimes do not use, is a mutex that all of them can find.
 */
export function processLock<Result>(section: () => Result): Result {
  const libc = processImage();
  const lock = libc.func(windows ? "_lock_file" : "flockfile", "void", ["void *"]);
  const unlock = libc.func(windows ? "_unlock_file" : "funlockfile", "void", ["void *"]);
  standardInput ??= findStandardInput();
  lock(standardInput);
  try {
    return section();
  } finally {
    unlock(standardInput);
  }
}

function findStandardInput(): bigint {
  const libc = processImage();
  if (windows) return libc.func("__acrt_iob_func", "void *", ["uint32"])(0) as bigint;
  return koffi.decode(libc.symbol(process.platform === "darwin" ? "__stdinp" : "stdin"), "void *") as bigint;
}

type Hook = (env: unknown, run: bigint, argument: bigint) => number;

/**
 * Has the runtime call the C function `run(argument)` when this thread's JavaScript ends, also when a worker is
 * terminated and no `finally` runs. Hooks run in reverse order. Returns how to take it back, or undefined where
 * the runtime does not offer it.
 */
export function atThreadEnd(run: Pointer<string>, argument: Pointer<string>): (() => void) | undefined {
  try {
    const node = koffi.load(null);
    const parameters = ["void *", "void *", "void *"];
    const add = node.func("napi_add_env_cleanup_hook", "int", parameters) as unknown as Hook;
    const remove = node.func("napi_remove_env_cleanup_hook", "int", parameters) as unknown as Hook;
    if (add(koffi.node.env, run, argument) !== 0) return undefined;
    return () => void remove(koffi.node.env, run, argument);
  } catch {
    return undefined;
  }
}
