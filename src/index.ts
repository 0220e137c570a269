/**
 * llama.cpp for TypeScript.
 *
 * @module
 */
export { ArgumentError, DisposedError, type ErrorCode, type LogLine, MullamaError, type MullamaErrorOptions } from "./errors.js";
export * from "./llama/index.js";
export { release, setLogHandler, type LogHandler } from "./native/index.js";
