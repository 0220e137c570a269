/** Memory and callbacks that C uses while it loads a model. */
import { checkPattern } from "./pattern.js";
import {
  NativeMemory,
  pointerArray,
  type Pointer,
  registerCallback,
  type RegisteredCallback,
  sizeOf,
  toText,
} from "../native/index.js";

export class ModelBelongings {
  readonly #blocks: NativeMemory[] = [];
  #callback: RegisteredCallback<"llama_progress_callback"> | undefined;
  #error: { readonly value: unknown } | undefined;
  #stopped = false;

  keep(block: NativeMemory): NativeMemory {
    this.#blocks.push(block);
    return block;
  }

  bytes(bytes: ArrayBufferView): Pointer<"void"> {
    const block = this.keep(new NativeMemory(Math.max(1, bytes.byteLength)));
    block.bytes.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return block.pointer;
  }

  pointers(pointers: readonly (bigint | null)[]): Pointer<"pointer"> {
    return this.bytes(pointerArray(pointers)) as unknown as Pointer<"pointer">;
  }

  floats(values: Float32Array): Pointer<"float"> {
    return this.bytes(values) as unknown as Pointer<"float">;
  }

  /** A list of placements, ended by an empty one. */
  placements(
    rows: readonly { readonly pattern: string; readonly type: bigint }[],
  ): Pointer<"llama_model_tensor_buft_override"> {
    const size = sizeOf("llama_model_tensor_buft_override");
    const block = this.keep(new NativeMemory(size * (rows.length + 1)));
    rows.forEach(({ pattern, type }, index) => {
      const text = this.bytes(toText(checkPattern(`options.tensorPlacement[${index}].pattern`, pattern)));
      // A pointer field takes an address as it is; a text field would point at memory of the marshaller's.
      block.bytes.subarray(index * size, (index + 1) * size).set(new Uint8Array(pointerArray([text, type]).buffer));
    });
    return block.pointer as unknown as Pointer<"llama_model_tensor_buft_override">;
  }

  progress(
    onProgress: ((progress: number) => boolean | void) | undefined,
    signal: AbortSignal | undefined,
  ): Pointer<"llama_progress_callback"> {
    this.#callback = registerCallback("llama_progress_callback", (progress) => {
      try {
        if (onProgress?.(progress) === false || signal?.aborted === true) this.#stopped = true;
        return !this.#stopped;
      } catch (error) {
        this.#error ??= { value: error };
        return false;
      }
    });
    return this.#callback.pointer;
  }

  /** Whether the loading was told to stop. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Throws what `onProgress` threw. */
  rethrow(): void {
    if (this.#error !== undefined) throw this.#error.value;
  }

  /** The callback is not called once the model is loaded. */
  endProgress(): void {
    this.#callback?.[Symbol.dispose]();
    this.#callback = undefined;
  }

  free(): void {
    this.endProgress();
    for (const block of this.#blocks.splice(0)) block.free();
  }
}
