export { type CatalogueEntry, listCatalogue } from "./catalogue.js";
export type { NetworkPolicy } from "./fetch-job.js";
export type { FetchOptions, ResolvedModel } from "./fetch-model.js";
export type { ModelProgress, ProgressListener } from "./progress.js";
export { type ResolveOptions, resolveModel } from "./resolve.js";
export type { HuggingFaceSource, ModelSource, PipSource } from "./source.js";
