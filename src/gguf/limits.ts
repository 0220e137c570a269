// Far beyond what any model has, and low enough that neither this reader nor llama.cpp's own (which compares every
// key and every tensor name with all before it) can be made to run for minutes or to ask for gigabytes.

/** Most metadata keys in a file. */
export const MAX_KEYS = 16_384;
/** Most tensors in a file. */
export const MAX_TENSORS = 65_536;
/** Longest key, in bytes, by the specification. */
export const MAX_KEY_BYTES = 65_535;
/** Longest tensor name, in bytes: ggml keeps 64 with the terminator. */
export const MAX_TENSOR_NAME_BYTES = 63;
/** Longest string value, in bytes. */
export const MAX_STRING_BYTES = 64 * 1024 * 1024;
/** Most bytes that the numbers of one array take. */
export const MAX_ARRAY_BYTES = 256 * 1024 * 1024;
/** Most strings, booleans or arrays in one array. */
export const MAX_ARRAY_OBJECTS = 4 * 1024 * 1024;
/** How deep arrays may nest. */
export const MAX_ARRAY_DEPTH = 4;
/** Most dimensions of a tensor (`GGML_MAX_DIMS`). */
export const MAX_DIMENSIONS = 4;
