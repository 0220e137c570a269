/**
 * llama.cpp for TypeScript.
 *
 * @module
 */
export {
  ArgumentError,
  DisposedError,
  type ErrorCode,
  type LogLine,
  MullamaError,
  type MullamaErrorOptions,
} from "./errors.js";
export * from "./llama/index.js";
export { release, setLogHandler, type LogHandler } from "./native/index.js";
export {
  type CatalogueEntry,
  type FetchOptions,
  listCatalogue,
  type ModelProgress,
  type NetworkPolicy,
  type ProgressListener,
  type ResolvedModel,
  resolveModel,
  type ResolveOptions,
} from "./models/index.js";
