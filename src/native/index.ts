/**
 * The C API of llama.cpp, bare: every function, struct, enum, constant and callback type under its C name.
 *
 * Nothing here has an opinion and nothing is checked: what crashes in C crashes here. The safe objects of
 * `mullama` stand on it.
 *
 * @module
 */
export type { BackendName } from "./packages.js";
export type { Bytes, Int64, Pointer, PointerArray, SizeArray, Text, TextArray } from "./pointer.js";
export type { NativeFunction } from "./function.js";
export { openLibrary, type NativeLibrary, type OpenOptions } from "./library.js";
export { callFunction, registerCallback, type RegisteredCallback } from "./callback.js";
export {
  addressOf,
  copyBytes,
  editBytes,
  NativeMemory,
  offsetOf,
  pointerArray,
  readBytes,
  readPointer,
  readStruct,
  readText,
  sizeArray,
  sizeOf,
  toText,
  viewBytes,
  writeStruct,
} from "./memory.js";
export { atThreadEnd, closeFile, libcFunction, openFile, seekFile } from "./process.js";
export { captureLog, captureLogAsync, setLogHandler, type LogHandler } from "./log.js";
export type { Callbacks } from "./generated/callbacks.js";
export * from "./generated/constants.js";
export * from "./generated/enums.js";
export type { NativeFunctions } from "./generated/index.js";
export { release } from "./generated/release.js";
export type * from "./generated/structs.js";
