export { importHuggingFace } from "./import/hugging-face-cache.js";
export type { ImportedModel, ImportOptions, ImportReport } from "./import/import-report.js";
export { createFromFile, type CreatedModel } from "./create-from-file.js";
export { importOllama } from "./import/ollama.js";
export { type CatalogueEntry, listCatalogue, type ModelCapability } from "./catalogue.js";
export type { NetworkPolicy } from "./fetch-job.js";
export type { FetchOptions } from "./fetch-model.js";
export type { ModelDefaults, ModelDefinition, ModelRecord, StoredAdapter, StoredFile } from "./model-record.js";
export { type ModelSettings, settingsOf, withDefaults, withOpening } from "./model-settings.js";
export type { ModelProgress, ProgressListener } from "./progress.js";
export { type PushedModel, pushModel, type PushOptions, type PushProgress } from "./push/push-model.js";
export type { ResolvedModel } from "./resolved-model.js";
export type { CreateModelOptions } from "./store/create-model.js";
export type { Garbage, GarbageOptions, GarbageReport } from "./store/garbage.js";
export type { HashOptions } from "./store/hash-file.js";
export type { FileInfo } from "./store/file-info.js";
export type { StoredModel } from "./store/list-models.js";
export { ModelStore } from "./store/model-store.js";
export type { StoreFault } from "./store/verify-store.js";
export { type ResolveOptions, resolveModel } from "./resolve.js";
export type {
  HuggingFaceRepository,
  HuggingFaceSource,
  ModelSource,
  NpmSource,
  PipSource,
  RegistrySource,
  WebSource,
} from "./source.js";
