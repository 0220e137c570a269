import type { Tool as RemoteTool } from "@modelcontextprotocol/client";
import { tool, type ToolSet } from "../../chat/tools/tool.js";
import { ArgumentError, MullamaError } from "../../errors.js";
import type { Connection } from "./connection.js";
import type { McpServerFilter } from "./mcp-options.js";
import type { McpTool } from "./mcp-tool.js";
import { textOfResult } from "./tool-result.js";
import { toolNames } from "./tool-names.js";
import { type UsableSchema, usableSchema } from "./tool-schema.js";

/** The tools of one server that may be used. */
export interface ServerTools {
  readonly connection: Connection;
  readonly tools: readonly RemoteTool[];
}

/** How tools are made. */
export interface ToolReading {
  readonly prefix: (server: string) => string;
  readonly timeout: number;
  readonly mayLoosen: boolean;
}

/** @throws {ArgumentError} where a tool is allowed by name that the server does not have */
export function chosen(
  tools: readonly RemoteTool[],
  { allow, deny = [] }: McpServerFilter,
  argument: string,
): readonly RemoteTool[] {
  const names = new Set(tools.map(({ name }) => name));
  for (const [index, name] of (allow ?? []).entries()) {
    if (names.has(name)) continue;
    const known = [...names].map((one) => JSON.stringify(one)).join(", ");
    throw new ArgumentError(`${argument}.allow[${index}]`, `a tool of the server, one of ${known}`, name);
  }
  return tools.filter(({ name }) => (allow?.includes(name) ?? true) && !deny.includes(name));
}

/** Tools of servers as tools of ours, and what is known of them. */
export function readMcpTools(
  servers: readonly ServerTools[],
  { prefix, timeout, mayLoosen }: ToolReading,
): { readonly tools: ToolSet; readonly list: readonly McpTool[] } {
  const all = servers.flatMap(({ connection, tools }) => tools.map((remote) => ({ connection, remote })));
  const names = toolNames(
    all.map(({ connection: { name: server }, remote: { name } }) => {
      return { server, remoteName: name, wanted: `${prefix(server)}${name}` };
    }),
  );
  const read = all.map(({ connection, remote }, index) => {
    const { schema, loosened } = schemaOf(remote, connection, mayLoosen);
    const known: McpTool = {
      name: names[index] ?? "",
      remoteName: remote.name,
      server: connection.name,
      title: remote.title ?? remote.annotations?.title,
      description: remote.description,
      annotations: remote.annotations ?? {},
      inputSchema: remote.inputSchema,
      loosened,
    };
    const description = known.description ?? known.title;
    const made = tool({
      ...(description === undefined ? {} : { description }),
      parameters: schema,
      timeout,
      execute: async (input, { signal }) => answer(connection, remote.name, input, signal),
    });
    return { known, made };
  });
  return {
    tools: Object.fromEntries(read.map(({ known, made }) => [known.name, made])),
    list: read.map(({ known }) => known),
  };
}

/** @throws {MullamaError} `TOOL_FAILED` with the server's words, where it says that the tool has failed */
async function answer(connection: Connection, name: string, input: unknown, signal: AbortSignal): Promise<string> {
  const result = await connection.call(name, input, signal);
  const text = textOfResult(result);
  if (result.isError === true) throw new MullamaError("TOOL_FAILED", text);
  return text;
}

function schemaOf({ name, inputSchema }: RemoteTool, { title }: Connection, mayLoosen: boolean): UsableSchema {
  try {
    const schema = saysNothing(inputSchema) ? { ...inputSchema, additionalProperties: false } : inputSchema;
    return usableSchema(schema, mayLoosen);
  } catch (error) {
    if (!MullamaError.isInstance(error)) throw error;
    const what = `The arguments of the tool ${JSON.stringify(name)} of ${title.replace(/^T/, "t")} have no grammar: `;
    throw new MullamaError("SCHEMA_UNSUPPORTED", what + error.message, {
      cause: error,
      hint: `Leave the tool out: deny: [${JSON.stringify(name)}].`,
    });
  }
}

/** Whether any object will do: the schema that servers give for tools without arguments. */
function saysNothing(schema: RemoteTool["inputSchema"]): boolean {
  const { properties = {} } = schema;
  const says = Object.keys(schema).some((key) => !/^(\$schema|type|title|description|properties)$/.test(key));
  return !says && Object.keys(properties).length === 0;
}
