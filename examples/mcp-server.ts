/** A little MCP server, which `mcp-agent.ts` starts: it knows the weather. Any other MCP server goes in its place. */
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const forecasts = { Oslo: "snow, -4 degrees", Paris: "rain, 11 degrees", Rome: "sunny, 19 degrees" };
const city = z.enum(["Oslo", "Paris", "Rome"]);

serveStdio(() => {
  const server = new McpServer({ name: "weather", version: "1.0.0" });
  server.registerTool(
    "get_forecast",
    { description: "The weather in a city", inputSchema: z.object({ city }) },
    ({ city: name }) => ({ content: [{ type: "text", text: `The weather in ${name}: ${forecasts[name]}.` }] }),
  );
  server.registerTool("list_cities", { description: "The cities whose weather is known" }, () => ({
    content: [{ type: "text", text: city.options.join(", ") }],
  }));
  return server;
});
