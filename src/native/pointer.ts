declare const pointee: unique symbol;

/**
 * An address in C's memory, branded with what it points to, so that a `Pointer<"llama_model">`
 * cannot be passed where a `Pointer<"llama_context">` belongs. At run time it is a bigint.
 */
export type Pointer<To extends string> = bigint & { readonly [pointee]: To };

/** A 64-bit integer: a number while it is a safe integer, a bigint beyond. */
export type Int64 = number | bigint;

/** An array of C's `size_t`: 64-bit words, or 32-bit ones on a 32-bit machine. */
export type SizeArray = BigUint64Array | Uint32Array;

/** What C takes as `const char *`: a string, or UTF-8 bytes, ended by a zero unless the length is passed too. */
export type Text = string | Uint8Array | Pointer<"char">;

/** What C takes as `const char **`. */
export type TextArray = readonly (string | null)[] | SizeArray | Pointer<"pointer">;

/** What C takes as a pointer to pointers: an array of addresses, see {@link pointerArray}. */
export type PointerArray = SizeArray | Pointer<"pointer">;

/** What C takes as `void *`. */
export type Bytes = ArrayBufferView | ArrayBuffer | Pointer<string>;
