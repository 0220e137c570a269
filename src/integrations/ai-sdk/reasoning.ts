import type { LanguageModelV4CallOptions, SharedV4Warning } from "@ai-sdk/provider";
import type { RespondOptions } from "../../chat/respond-options.js";

type Effort = Exclude<LanguageModelV4CallOptions["reasoning"], undefined | "provider-default" | "none">;

/** Tokens that a model may think for, and what templates that know an effort are told. */
const efforts: Readonly<Record<Effort, { readonly budget: number; readonly word: string }>> = {
  minimal: { budget: 256, word: "low" },
  low: { budget: 1024, word: "low" },
  medium: { budget: 4096, word: "medium" },
  high: { budget: 16_384, word: "high" },
  xhigh: { budget: 32_768, word: "high" },
  max: { budget: Number.MAX_SAFE_INTEGER, word: "high" },
};

/** @param reasons whether the model thinks before it answers */
export function reasoningOptions(
  effort: LanguageModelV4CallOptions["reasoning"],
  reasons: boolean,
  warnings: SharedV4Warning[],
): Pick<RespondOptions, "reasoning" | "variables"> {
  if (effort === undefined || effort === "provider-default") return {};
  if (effort === "none") return { reasoning: false };
  if (!reasons) {
    warnings.push({ type: "unsupported", feature: "reasoning", details: "This model answers without thinking." });
    return {};
  }
  const { budget, word } = efforts[effort];
  return { reasoning: { budget }, variables: { reasoning_effort: word } };
}
