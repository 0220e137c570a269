import type { SharedV4Warning } from "@ai-sdk/provider";

/** Says of headers that they go nowhere. The AI SDK's own, which says who asks, is not worth a word. */
export function headerWarnings(headers: Readonly<Record<string, string | undefined>> = {}): SharedV4Warning[] {
  const given = Object.keys(headers).filter((name) => name.toLowerCase() !== "user-agent");
  if (given.length === 0) return [];
  return [{ type: "unsupported", feature: "headers", details: `There is no HTTP to send ${given.join(", ")} with.` }];
}
