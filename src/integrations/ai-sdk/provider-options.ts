/** What `providerOptions.mullama` takes. */
import type { SharedV4ProviderOptions } from "@ai-sdk/provider";
import { ArgumentError } from "../../errors.js";
import type { RespondOptions } from "../../chat/respond-options.js";
import type { EmbeddingRequest, RerankRequest } from "../../engine/embedding/embedding-request.js";
import { type SamplingOptions, samplingOptionNames } from "../../engine/sampling/sampling-options.js";
import { checkOptions } from "../../llama/check.js";
import { besideSampling } from "../beside-sampling.js";

/**
 * `providerOptions.mullama` of a language model: the options of `respond` that the AI SDK has no setting of its own for.
 *
 * @example
 * await generateText({
 *   model: mullama("smollm2:135m"),
 *   prompt: "Write a haiku.",
 *   providerOptions: { mullama: { minP: 0.1, repeatPenalty: 1.1 } satisfies MullamaLanguageModelOptions },
 * });
 */
export type MullamaLanguageModelOptions = Omit<
  RespondOptions,
  | "tools"
  | "toolChoice"
  | "signal"
  | "addSpecial"
  | "parseSpecial"
  | "maxTokens"
  | "stop"
  | "temperature"
  | "topP"
  | "topK"
  | "presencePenalty"
  | "frequencyPenalty"
  | "seed"
>;

/** `providerOptions.mullama` of an embedding model. The AI SDK has `dimensions` as a setting of its own. */
export type MullamaEmbeddingModelOptions = Omit<EmbeddingRequest, "inputs" | "dimensions"> & {
  readonly pooling?: Exclude<EmbeddingRequest["pooling"], "none">;
};

/** `providerOptions.mullama` of a reranking model. */
export type MullamaRerankingModelOptions = Omit<RerankRequest, "query" | "documents">;

const settings = ["temperature", "topP", "topK", "presencePenalty", "frequencyPenalty", "seed", "grammar"];
/** The compiler sees to it that none is forgotten. */
const others: Readonly<Record<Exclude<keyof MullamaLanguageModelOptions, keyof SamplingOptions>, true>> =
  besideSampling;
const languageModelNames: readonly string[] = [
  ...samplingOptionNames.filter((name) => !settings.includes(name)),
  ...Object.keys(others),
];

/** @throws {ArgumentError} for a name that is not known */
export function languageModelOptions(given: SharedV4ProviderOptions | undefined): MullamaLanguageModelOptions {
  return read<MullamaLanguageModelOptions>(given, languageModelNames);
}

/** @throws {ArgumentError} for a name that is not known, and a pooling that gives a vector for each token */
export function embeddingModelOptions(given: SharedV4ProviderOptions | undefined): MullamaEmbeddingModelOptions {
  const names = ["pooling", "normalize", "addSpecial", "parseSpecial", "truncate", "deadline"];
  if (given?.["mullama"]?.["pooling"] === "none")
    throw new ArgumentError("providerOptions.mullama.pooling", '"model", "mean", "cls" or "last"', "none");
  return read<MullamaEmbeddingModelOptions>(given, names);
}

/** @throws {ArgumentError} for a name that is not known */
export function rerankingModelOptions(given: SharedV4ProviderOptions | undefined): MullamaRerankingModelOptions {
  return read<MullamaRerankingModelOptions>(given, ["normalize", "truncate", "deadline"]);
}

/** The engine checks the values. */
function read<Options extends object>(given: SharedV4ProviderOptions | undefined, names: readonly string[]): Options {
  const options = given?.["mullama"] ?? {};
  checkOptions("providerOptions.mullama", options, names);
  return options as Options;
}
