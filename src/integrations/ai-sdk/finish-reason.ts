import type { LanguageModelV4FinishReason } from "@ai-sdk/provider";
import type { ChatResult } from "../../chat/respond-options.js";

/** Why an answer ended, in the words of the AI SDK. */
export function finishReason(reason: ChatResult["finishReason"]): LanguageModelV4FinishReason {
  switch (reason) {
    case "stop":
      return { unified: "stop", raw: reason };
    case "length":
      return { unified: "length", raw: reason };
    case "tool-calls":
      return { unified: "tool-calls", raw: reason };
  }
}
