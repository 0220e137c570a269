import type { ToolSet } from "../../chat/tools/tool.js";
import { ArgumentError, DisposedError } from "../../errors.js";
import { Connection } from "./connection.js";
import type { McpConfig, McpOptions, McpServer } from "./mcp-options.js";
import type { McpTool } from "./mcp-tool.js";
import { chosen, readMcpTools, type ToolReading } from "./read-tools.js";
import { loadSdk, type Sdk } from "./sdk.js";

/**
 * Connects to a server of the Model Context Protocol, or to several by their names, and makes their tools tools of a chat.
 * Needs `@modelcontextprotocol/client`.
 *
 * What goes wrong in a call is told to the model, and the chat goes on: what the server refuses (`TOOL_FAILED`), what takes
 * too long (`DEADLINE_EXCEEDED`), and a server that has died (`MCP_CONNECTION_FAILED`), to which `refresh` connects again.
 *
 * @param server `{ command, args, env, cwd }`, `{ url, headers }`, or `{ mcpServers: { name: … } }`
 * @throws {MullamaError} `MCP_CONNECTION_FAILED`, `DEADLINE_EXCEEDED`, `ABORTED`; `SCHEMA_UNSUPPORTED` naming a tool;
 * `ARGUMENT_INVALID`; `UNSUPPORTED` where the package is not installed. Nothing is left running.
 *
 * @example
 * await using files = await mcpTools({ command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "."] });
 * const chat = model.chat({ tools: { ...files.tools } });
 */
export async function mcpTools(server: McpServer | McpConfig, options: McpOptions = {}): Promise<McpTools> {
  checkOptions(options);
  return McpTools.open(server, options, await loadSdk());
}

/** Tools of servers that are connected. Dispose of it to end the connections, and the servers that it has started. */
export class McpTools implements AsyncDisposable {
  readonly #connections: readonly Connection[];
  readonly #reading: ToolReading;
  #read: { readonly tools: ToolSet; readonly list: readonly McpTool[] } = { tools: {}, list: [] };
  #refreshed: Promise<void> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  private constructor(server: McpServer | McpConfig, options: McpOptions, sdk: Sdk) {
    const { prefix, timeout = 60_000, connectTimeout = 60_000, schemas, onChange } = options;
    this.#reading = {
      prefix: typeof prefix === "function" ? prefix : (name) => prefix ?? (name === "" ? "" : `${name}_`),
      timeout,
      mayLoosen: schemas !== "error",
    };
    const changed = async (): Promise<void> => {
      // What cannot be had now shows with the next call; the tools that are known stay.
      await this.refresh().then(onChange, () => undefined);
    };
    const shared = { timeout, connectTimeout, onChange: () => void changed() };
    this.#connections = serversOf(server).map(
      ({ name, argument, one }) => new Connection(one, sdk, { name, argument, ...shared }),
    );
  }

  /** @internal Use {@link mcpTools}. */
  static async open(server: McpServer | McpConfig, options: McpOptions, sdk: Sdk): Promise<McpTools> {
    const opened = new McpTools(server, options, sdk);
    try {
      await opened.refresh({ signal: options.signal });
      return opened;
    } catch (error) {
      await opened.dispose();
      throw error;
    }
  }

  /** The tools, for `model.chat({ tools })`; a new object after each change. */
  get tools(): ToolSet {
    return this.#read.tools;
  }

  /** What is known of each tool: what its server calls it and says of it. */
  get list(): readonly McpTool[] {
    return this.#read.list;
  }

  /** What the servers say about how they are used, for a system message; empty where they say nothing. */
  get instructions(): string {
    return this.#connections
      .flatMap(({ instructions = "" }) => (instructions === "" ? [] : [instructions]))
      .join("\n\n");
  }

  /** Asks all servers for their tools again, and connects to those that were lost. Where it fails, `tools` stays as it was. */
  refresh({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const next = this.#refreshed.then(() => this.#refresh(signal));
    this.#refreshed = next.catch(() => undefined);
    return next;
  }

  /** Ends all connections, and the processes of servers that were started. Does nothing the second time. */
  dispose(): Promise<void> {
    this.#disposed ??= Promise.all(this.#connections.map((one) => one.dispose())).then(() => undefined);
    return this.#disposed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #refresh(signal: AbortSignal | undefined): Promise<void> {
    if (this.#disposed !== undefined) throw new DisposedError("set of MCP tools");
    const lists = await Promise.allSettled(this.#connections.map((one) => one.list(signal)));
    const servers = lists.map((listed, index) => {
      if (listed.status === "rejected") throw listed.reason;
      const connection = this.#connections[index];
      if (connection === undefined) throw new DisposedError("set of MCP tools");
      return { connection, tools: chosen(listed.value, connection.server, connection.argument) };
    });
    this.#read = readMcpTools(servers, this.#reading);
  }
}

interface NamedServer {
  readonly name: string;
  readonly argument: string;
  readonly one: McpServer;
}

function serversOf(server: McpServer | McpConfig): NamedServer[] {
  if (typeof server !== "object" || server === null)
    throw new ArgumentError("server", "an object with command, url, transport or mcpServers", server);
  if (!("mcpServers" in server)) return [{ name: "", argument: "server", one: server }];
  const { mcpServers } = server;
  if (typeof mcpServers !== "object" || mcpServers === null)
    throw new ArgumentError("mcpServers", "servers by their names", mcpServers);
  return Object.entries(mcpServers).flatMap(([name, one]) =>
    one?.disabled === true ? [] : [{ name, argument: `mcpServers.${name}`, one }],
  );
}

function checkOptions({ timeout, connectTimeout, schemas, prefix }: McpOptions): void {
  for (const [name, value] of Object.entries({ timeout, connectTimeout })) {
    if (value !== undefined && !(value > 0 && value <= 2 ** 31 - 1))
      throw new ArgumentError(name, "milliseconds, from 1 to 2147483647", value);
  }
  if (schemas !== undefined && schemas !== "loosen" && schemas !== "error")
    throw new ArgumentError("schemas", '"loosen" or "error"', schemas);
  if (prefix !== undefined && typeof prefix !== "string" && typeof prefix !== "function")
    throw new ArgumentError("prefix", "a string, or a function that makes one of a server's name", prefix);
}
