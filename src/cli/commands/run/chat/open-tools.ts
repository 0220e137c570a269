import { readFile } from "node:fs/promises";
import type { ToolSet } from "../../../../chat/tools/tool.js";
import { ArgumentError } from "../../../../errors.js";

/** Tools, and what ends the programs that have them. */
export interface OpenTools {
  readonly tools: ToolSet;
  dispose(): Promise<void>;
}

/**
 * The tools of MCP servers.
 *
 * @param path a JSON file with `mcpServers`; undefined for no tools
 * @throws {MullamaError} `ARGUMENT_INVALID` for a file of another kind, and what connecting throws
 */
export async function openTools(path: string | undefined, signal: AbortSignal): Promise<OpenTools> {
  if (path === undefined) return { tools: {}, dispose: () => Promise.resolve() };
  const { mcpTools } = await import("../../../../integrations/mcp/index.js");
  return mcpTools(await readConfig(path), { signal });
}

async function readConfig(path: string): Promise<{ mcpServers: Record<string, never> }> {
  const config = await readJson(path);
  if (typeof config === "object" && config !== null && "mcpServers" in config)
    return config as { mcpServers: Record<string, never> };
  throw new ArgumentError("--mcp", 'a file with { "mcpServers": { … } }', path);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new ArgumentError("--mcp", "a file with JSON", path, { cause, hint: words });
  }
}
