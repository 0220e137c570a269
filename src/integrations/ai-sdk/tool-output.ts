import type { LanguageModelV4ToolResultOutput } from "@ai-sdk/provider";
import { unsupported } from "./errors.js";

/** What a tool answered, as the model is told it. */
export function toolOutputText(output: LanguageModelV4ToolResultOutput): string {
  switch (output.type) {
    case "text":
      return output.value;
    case "json":
      return JSON.stringify(output.value);
    case "error-text":
      return `Error: ${output.value}`;
    case "error-json":
      return `Error: ${JSON.stringify(output.value)}`;
    case "execution-denied":
      return `Error: ${output.reason ?? "The call was not allowed."}`;
    case "content":
      return output.value.map(partText).join("\n");
  }
}

type Part = Extract<LanguageModelV4ToolResultOutput, { type: "content" }>["value"][number];

function partText(part: Part): string {
  if (part.type === "text") return part.text;
  if (part.type === "file" && part.data.type === "text") return part.data.text;
  const what = part.type === "file" ? `file part of the type ${part.mediaType}` : "custom part";
  throw unsupported(`${part.type} parts`, `A tool answered with a ${what}, but the model reads text only.`);
}
