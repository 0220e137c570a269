/** Connects to a stubborn MCP server, prints its process, and exits without ending it. */
import { join } from "node:path";
import { mcpTools } from "../../src/integrations/mcp/index.js";
import { recordPids } from "./mcp-pids.js";
import { root } from "./run-module.js";

const pids = recordPids();
const program = join(root, "build", "test", "support", "mcp-stdio-server.js");
await mcpTools({ command: process.execPath, args: [program, "stubborn"] });
console.log(pids.join(" "));
process.exit(0);
