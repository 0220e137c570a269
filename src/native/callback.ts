/** JavaScript functions that C can call. */
import type { Callbacks } from "./generated/callbacks.js";
import { koffi } from "./koffi.js";
import type { Pointer } from "./pointer.js";
import { callbackType } from "./types.js";

/** A JavaScript function registered with C. It must outlive C's last call of it. */
export interface RegisteredCallback<Name extends keyof Callbacks> extends Disposable {
  readonly pointer: Pointer<Name>;
}

/**
 * Makes `callback` callable by C until it is disposed. At most 8,192 can exist in a process.
 *
 * C must call it on the thread that registered it, while that thread is inside a native call; a call from
 * another thread waits until this thread's event loop turns. An exception inside it becomes 0 or NULL for C.
 */
export function registerCallback<Name extends keyof Callbacks>(
  name: Name,
  callback: Callbacks[Name],
): RegisteredCallback<Name> {
  const pointer = koffi.register(callback, koffi.pointer(callbackType(name)));
  let live = true;
  return {
    pointer: pointer as Pointer<Name>,
    [Symbol.dispose]() {
      if (live) koffi.unregister(pointer);
      live = false;
    },
  };
}

/** Calls the C function at `pointer`, which is of a callback type: one that C has given us. */
export function callFunction<Name extends keyof Callbacks>(
  name: Name,
  pointer: Pointer<Name>,
  ...args: Parameters<Callbacks[Name]>
): ReturnType<Callbacks[Name]> {
  return koffi.call(pointer, callbackType(name), ...args) as ReturnType<Callbacks[Name]>;
}
