/** A server of the Model Context Protocol with all that tests need of one, good and bad. */
import { fromJsonSchema, type JsonSchemaType, McpServer } from "@modelcontextprotocol/server";

const number = { type: "integer", minimum: 0, maximum: 9 } as const;
const oneNumber: JsonSchemaType = { type: "object", properties: { n: number }, required: ["n"] };

export interface McpTestServer {
  readonly server: McpServer;
  /** What happened, in order. */
  readonly log: string[];
}

/** @param many how many tools there are beside */
export function mcpTestServer(many = 0): McpTestServer {
  const server = new McpServer({ name: "test", version: "1.0.0" }, { instructions: "Be careful." });
  const log: string[] = [];
  const text = (words: string): { content: { type: "text"; text: string }[] } => ({
    content: [{ type: "text", text: words }],
  });
  const inputSchema = fromJsonSchema<{ n: number }>(oneNumber);

  server.registerTool(
    "double",
    {
      title: "Doubler",
      description: "Doubles a number",
      inputSchema,
      outputSchema: fromJsonSchema<{ doubled: number }>({
        type: "object",
        properties: { doubled: { type: "integer" } },
        required: ["doubled"],
      }),
      annotations: { readOnlyHint: true },
    },
    ({ n }) => {
      log.push(`double ${n}`);
      return { ...text(JSON.stringify({ doubled: 2 * n })), structuredContent: { doubled: 2 * n } };
    },
  );
  server.registerTool("environment", { inputSchema }, () => text(Object.keys(process.env).sort().join(" ")));
  server.registerTool("folder", { inputSchema }, () => text(process.cwd()));
  server.registerTool("refuse", { inputSchema }, () => ({ ...text("the number is cursed"), isError: true }));
  server.registerTool("throw", { inputSchema }, () => {
    throw new TypeError("it broke");
  });
  server.registerTool("crash", { inputSchema }, () => {
    process.stderr.write("out of luck\n");
    return process.exit(3);
  });
  server.registerTool("hang", { inputSchema }, (_input, { mcpReq }) => {
    log.push("hang");
    return new Promise((_resolve, reject) => {
      mcpReq.signal.addEventListener("abort", () => {
        log.push("cancelled");
        reject(new TypeError("cancelled"));
      });
    });
  });
  server.registerTool("kinds", { inputSchema }, () => ({
    content: [
      { type: "text", text: "first" },
      { type: "image", data: "AAAA", mimeType: "image/png" },
      { type: "audio", data: "AAAAAA==", mimeType: "audio/wav" },
      { type: "resource", resource: { uri: "file:///a.txt", text: "inside" } },
      { type: "resource", resource: { uri: "file:///b.bin", blob: "AA==", mimeType: "application/x-b" } },
      { type: "resource_link", uri: "file:///c.txt", name: "c", description: "a third" },
    ],
    structuredContent: { also: true },
  }));
  server.registerTool("nothing", { inputSchema }, () => ({ content: [] }));
  server.registerTool("grow", { inputSchema }, ({ n }) => {
    server.registerTool(`grown_${n}`, { inputSchema }, () => text("grown"));
    return text("grew");
  });
  for (let index = 0; index < many; index++)
    server.registerTool(`tool_${index}`, { description: `Number ${index}`, inputSchema }, ({ n }) =>
      text(`${index} ${n}`),
    );
  return { server, log };
}
