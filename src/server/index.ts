/**
 * Models over HTTP.
 *
 * @module
 */
export { type ApiKeyOptions, createKey, hashKey, type Scope } from "./auth/api-key.js";
export { readKeys } from "./auth/read-keys.js";
export { createServer, type MullamaServer } from "./create-server.js";
export type { ModelDirectory } from "./directory/model-directory.js";
export type { ModelPreset } from "./directory/preset.js";
export type { RequestDefaults, ServedLoadOptions, ServedModel } from "./directory/served-model.js";
export type { AccessRecord } from "./http/track-requests.js";
export type { ModelLimits, RequestLimitOptions } from "./limits/request-limits.js";
export type { ModelLease } from "./pool/model-lease.js";
export { type LeaseOptions, ModelPool } from "./pool/model-pool.js";
export type {
  LoadCall,
  MemoryNeed,
  PooledModelInfo,
  PoolEvent,
  PoolModel,
  PoolOptions,
  UnloadReason,
} from "./pool/pool-options.js";
export { type ListeningServer, serve, type ServeOptions } from "./serve.js";
export type { ServerOptions } from "./server-options.js";
export type { Services } from "./services.js";
