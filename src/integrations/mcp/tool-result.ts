import { isDeepStrictEqual } from "node:util";
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";

/** What a tool has returned, as a text for the model; what it cannot see is described in brackets. */
export function textOfResult({ content = [], structuredContent }: Partial<CallToolResult>): string {
  const parts = content.map(textOfBlock);
  if (structuredContent !== undefined && !content.some((block) => says(block, structuredContent)))
    parts.push(JSON.stringify(structuredContent));
  return parts.join("\n") || "(no output)";
}

function textOfBlock(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return unseen(block.type, block.mimeType, block.data);
    case "resource_link": {
      const { uri, name, description } = block;
      return `[link to ${name}: ${uri}${description === undefined ? "" : `, ${description}`}]`;
    }
    case "resource": {
      const { resource } = block;
      if ("text" in resource) return `[${resource.uri}]\n${resource.text}`;
      return unseen(`resource ${resource.uri}`, resource.mimeType, resource.blob);
    }
    default:
      return `[${String((block as { type?: unknown }).type)}, which cannot be shown]`;
  }
}

function unseen(what: string, mimeType: string | undefined, base64: string): string {
  const kind = mimeType === undefined ? "" : ` of type ${mimeType}`;
  return `[${what}${kind}, ${Buffer.byteLength(base64, "base64")} bytes, which cannot be shown]`;
}

/** Whether a text is a value's JSON: servers give both, for clients that know only one. */
function says(block: ContentBlock, value: unknown): boolean {
  if (block.type !== "text") return false;
  try {
    return isDeepStrictEqual(JSON.parse(block.text), value);
  } catch {
    return false;
  }
}
