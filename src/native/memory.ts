/** Reading and writing C's memory. Nothing here checks an address: a wrong one ends the process. */
import { koffi } from "./koffi.js";
import { libcCall } from "./process.js";
import type { Bytes, Pointer, SizeArray } from "./pointer.js";
import { nativeType } from "./types.js";

/**
 * A block of memory for C that stays where it is until it is freed. It is JavaScript's own, whose buffers do not move, so
 * that both sides can write to it in every runtime. C must not use it longer than this object is referred to.
 */
export class NativeMemory implements Disposable {
  readonly byteLength: number;
  #bytes: Uint8Array | undefined;

  /**
   * @param byteLength size in bytes, at least 1; the block is zeroed
   * @param options `shared`: other threads of the process can have the bytes too. Default false
   */
  constructor(byteLength: number, { shared = false }: { readonly shared?: boolean } = {}) {
    this.byteLength = byteLength;
    this.#bytes = new Uint8Array(shared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength));
  }

  /** The block's address; throws once it is freed. */
  get pointer(): Pointer<"void"> {
    return koffi.address(this.bytes) as Pointer<"void">;
  }

  /** The block's bytes. Do not keep them beyond {@link free}. */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) throw new TypeError("this native memory has been freed");
    return this.#bytes;
  }

  free(): void {
    this.#bytes = undefined;
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** Electron forbids JavaScript to see memory that is not its own. */
const viewsAllowed = process.versions["electron"] === undefined;

/** The bytes at `pointer`, without a copy where the runtime allows it. They are for reading: see {@link editBytes}. */
export function viewBytes(pointer: Pointer<string>, byteLength: number): Uint8Array {
  if (byteLength === 0) return new Uint8Array(0);
  if (viewsAllowed) return new Uint8Array(koffi.view(pointer, byteLength));
  const bytes = new Uint8Array(byteLength);
  copyBytes(bytes, pointer, byteLength);
  return bytes;
}

/** Works on C's bytes: in place, or where the runtime forbids that on a copy, which is written back. */
export function editBytes<Result>(
  pointer: Pointer<string>,
  byteLength: number,
  edit: (bytes: Uint8Array) => Result,
): Result {
  const bytes = viewBytes(pointer, byteLength);
  try {
    return edit(bytes);
  } finally {
    if (!viewsAllowed) copyBytes(pointer, bytes, byteLength);
  }
}

type Memcpy = (to: Bytes, from: Bytes, byteLength: number) => void;

let memcpy: Memcpy | undefined;

/** C's `memcpy`. */
export function copyBytes(to: Bytes, from: Bytes, byteLength: number): void {
  memcpy ??= libcCall<Memcpy>("memcpy", "void *", ["void *", "void *", "size_t"]);
  memcpy(to, from, byteLength);
}

/** A copy of `byteLength` bytes at `pointer`. */
export function readBytes(pointer: Pointer<string>, byteLength: number): Uint8Array {
  return viewBytes(pointer, byteLength).slice();
}

/** The zero-ended UTF-8 text at `pointer`. */
export function readText(pointer: Pointer<string>): string {
  return koffi.decode.string(pointer);
}

/** The address stored at `pointer`, or null. */
export function readPointer<To extends string>(pointer: Pointer<string> | SizeArray, index = 0): Pointer<To> | null {
  const word = nativeType("size_t").size;
  return koffi.decode(pointer, index * word, nativeType("ptr")) as Pointer<To> | null;
}

/** UTF-8 bytes with a zero at the end, for C to keep reading as long as they live. */
export function toText(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** An array of `length` zeroed `size_t`. */
export function sizeArray(length: number): SizeArray {
  return nativeType("size_t").size === 8 ? new BigUint64Array(length) : new Uint32Array(length);
}

/** An array of addresses, for parameters such as `struct llama_adapter_lora ** adapters`. */
export function pointerArray(pointers: readonly (bigint | null)[]): SizeArray {
  const values = pointers.map((pointer) => pointer ?? 0n);
  return nativeType("size_t").size === 8 ? BigUint64Array.from(values) : Uint32Array.from(values, Number);
}

/** The address of `bytes`. It is valid only until the next turn of the event loop. */
export function addressOf(bytes: Bytes): Pointer<"void"> {
  return koffi.address(bytes) as Pointer<"void">;
}

/** The size of a struct in bytes. */
export function sizeOf(struct: string): number {
  return nativeType(struct).size;
}

/** The offset of a struct's field in bytes. */
export function offsetOf(struct: string, field: string): number {
  return koffi.offsetof(nativeType(struct), field);
}

/** Reads a struct from C's memory into an object. */
export function readStruct<Value>(struct: string, from: Bytes): Value {
  return koffi.decode(from, nativeType(struct)) as Value;
}

/** Writes an object into C's memory as a struct. Missing fields become zero. */
export function writeStruct(struct: string, to: Bytes, value: object): void {
  koffi.encode(to, nativeType(struct), value);
}
