/**
 * Stops a computation without a callback into JavaScript: the abort callback is C's `strlen`, and its data two bytes,
 * a flag and a zero. `strlen` of an empty text is 0, go on; with the flag set it is 1, stop. Any thread can set it.
 */
import { libcFunction, NativeMemory, type Pointer } from "../native/index.js";

export class AbortFlag {
  readonly #memory = new NativeMemory(2, { shared: true });

  get callback(): Pointer<"ggml_abort_callback"> {
    return libcFunction("strlen") as Pointer<"ggml_abort_callback">;
  }

  get data(): Pointer<"void"> {
    return this.#memory.pointer;
  }

  /** The flag itself, which other threads can be given. It outlives the context. */
  get byte(): Uint8Array {
    return this.#memory.bytes.subarray(0, 1);
  }

  set(): void {
    this.#memory.bytes[0] = 1;
  }

  clear(): void {
    this.#memory.bytes[0] = 0;
  }

  free(): void {
    this.#memory.free();
  }
}
