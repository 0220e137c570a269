import type { ModelSource } from "../source.js";

/** What a model can be used for; `code`: it was trained on programs; `fim`: it fills in what is missing in the middle. */
export type ModelCapability = "chat" | "tools" | "reasoning" | "vision" | "embedding" | "rerank" | "code" | "fim";

/** A model that mullama knows by name: what it is, and where it can be had. */
export interface CatalogueEntry {
  /** `family:variant`, the name users write. */
  readonly name: string;
  readonly description: string;
  /** Size of the file, in bytes; about, where it is not `verified`. */
  readonly size: number;
  /** How many numbers the model was trained to have, about. */
  readonly parameters: number;
  /** Such as `Q4_K_M`. */
  readonly quantization: string;
  /** SPDX identifier; `LicenseRef-…` for a licence that SPDX does not list. */
  readonly license: string;
  readonly capabilities: readonly ModelCapability[];
  /** Whether the file was fetched and hashed for this catalogue. Others are checked against what the host says of them. */
  readonly verified: boolean;
  /** Digest of the file, in lower-case hexadecimal; where it is `verified`. */
  readonly sha256?: string | undefined;
  /** Where the file can be had, tried in this order; where it is `verified`, all of them have the same. */
  readonly sources: readonly ModelSource[];
}
