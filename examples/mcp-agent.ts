/**
 * An agent with the tools of an MCP server, which runs as a process beside it.
 *
 *     npm install mullama zod @modelcontextprotocol/client @modelcontextprotocol/server
 *     node mcp-agent.ts    (Node.js 24)
 */
import { extname, join } from "node:path";
import { load } from "mullama";
import { mcpTools } from "mullama/mcp";

const server = join(import.meta.dirname, `mcp-server${extname(import.meta.filename)}`);
await using weather = await mcpTools({ mcpServers: { weather: { command: process.execPath, args: [server] } } });
for (const { name, description } of weather.list) console.log(`${name}: ${description}`);

await using model = await load("smollm2:135m", { contextSize: 2048 });
const chat = model.chat({ tools: { ...weather.tools }, maxSteps: 2, maxTokens: 40, temperature: 0 });

// Which tool is called, the model may choose itself; one as small as this is told.
for (const city of ["Rome", "Oslo"]) {
  console.log(`> What is the weather in ${city}?`);
  const toolChoice = { name: "weather_get_forecast" };
  const { toolAnswers } = await chat.send(`What is the weather in ${city}?`, { toolChoice, parallelToolCalls: false });
  for (const { call, text } of toolAnswers) console.log(`[${call.name} ${JSON.stringify(call.arguments)}] ${text}`);
}

console.log("> In which of these cities does it snow?");
const cities = { choice: ["Rome", "Oslo"] };
console.log((await chat.send("In which of these cities does it snow?", { toolChoice: "none", output: cities })).text);
