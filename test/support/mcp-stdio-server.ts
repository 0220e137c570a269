/** The MCP server of the tests as a process: `stubborn` does not end with its input, `silent` never answers, `modern` speaks the new revision only. */
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { mcpTestServer } from "./mcp-server.js";

const [kind] = process.argv.slice(2);
if (kind === "stubborn" || kind === "silent") {
  setInterval(() => undefined, 1000);
  process.stdin.resume();
}
if (kind === "broken") {
  process.stderr.write("no configuration\n");
  process.exit(1);
}
if (kind !== "silent") serveStdio(() => mcpTestServer().server, kind === "modern" ? { legacy: "reject" } : {});
