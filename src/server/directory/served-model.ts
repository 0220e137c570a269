import type { AdapterChoice } from "../../engine/generation-request.js";
import type { SamplingOptions } from "../../engine/sampling/sampling-options.js";
import type { ModelLimits } from "../limits/request-limits.js";
import type { LoadOptions } from "../../mullama.js";

/** How a model is loaded, but for what the server decides. */
export type ServedLoadOptions = Omit<LoadOptions, "host" | "signal" | "onProgress" | "observe">;

/** What requests to a model begin with, where they do not say otherwise. */
export interface RequestDefaults extends Pick<
  SamplingOptions,
  | "temperature"
  | "topK"
  | "topP"
  | "minP"
  | "repeatPenalty"
  | "frequencyPenalty"
  | "presencePenalty"
  | "penaltyLastTokens"
  | "seed"
> {
  readonly maxTokens?: number;
  readonly maxPromptTokens?: number;
  readonly stop?: readonly string[];
  readonly adapters?: readonly AdapterChoice[];
}

/** A model as the server offers it. */
export interface ServedModel {
  /** The name that clients see. */
  readonly id: string;
  /** What `load()` is called with. */
  readonly source: string;
  /** Differs where the store has something else by the same name now; undefined for files outside the store. */
  readonly revision?: string | undefined;
  readonly aliases: readonly string[];
  readonly options: ServedLoadOptions;
  readonly defaults: RequestDefaults;
  /** What requests may ask for. */
  readonly limits: ModelLimits;
  /** The adapters that requests may use by their number, and how strongly each works where a request says nothing. */
  readonly loraAdapters: readonly Required<AdapterChoice>[];
  /** What the model is told where a conversation has no system message. */
  readonly system: string | undefined;
  /** Milliseconds that it stays loaded after its last use; Infinity: for ever. Undefined: as the server has it. */
  readonly keepAlive: number | undefined;
  /** Whether it is never unloaded to make room. */
  readonly pinned: boolean;
}
