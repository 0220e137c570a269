/**
 * mullama with the Model Context Protocol: the tools of MCP servers, as tools of a chat.
 *
 * @module
 */
export type {
  McpConfig,
  McpOptions,
  McpServer,
  McpServerFilter,
  McpHttpServer,
  McpStdioServer,
  McpTransportServer,
} from "./mcp-options.js";
export { type McpTool } from "./mcp-tool.js";
export { McpTools, mcpTools } from "./mcp-tools.js";
