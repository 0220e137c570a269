import type { SharedV4ProviderMetadata } from "@ai-sdk/provider";
import type { ChatResult } from "../../chat/respond-options.js";

/** What mullama says of an answer that the AI SDK has no place for, under `providerMetadata.mullama`. */
export function metadataOf({ timings, seed, stopText, logprobs }: ChatResult): SharedV4ProviderMetadata {
  return {
    mullama: {
      timings: { ...timings },
      ...(seed === undefined ? {} : { seed }),
      ...(stopText === undefined ? {} : { stopText }),
      ...(logprobs === undefined
        ? {}
        : {
            logprobs: logprobs.map(({ alternatives, ...chosen }) => ({
              ...chosen,
              alternatives: alternatives.map((one) => ({ ...one })),
            })),
          }),
    },
  };
}
