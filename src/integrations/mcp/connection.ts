import type { CallToolResult, Client, Tool } from "@modelcontextprotocol/client";
import { DisposedError, MullamaError } from "../../errors.js";
import { toMcpError } from "./mcp-error.js";
import type { McpServer } from "./mcp-options.js";
import type { Sdk } from "./sdk.js";
import { mayKnowAnother, type Way, waysTo } from "./ways.js";

/** What a connection is made with. */
export interface ConnectionOptions {
  /** The server's name; empty where it has none. */
  readonly name: string;
  readonly argument: string;
  readonly timeout: number;
  readonly connectTimeout: number;
  /** Called when the server has changed its tools. */
  onChange(): void;
}

const SESSION_END_MS = 1000;

/** The connection to one server: made, used, lost and made again. */
export class Connection {
  readonly server: McpServer;
  readonly name: string;
  /** What the server was given as, for errors. */
  readonly argument: string;
  readonly #sdk: Sdk;
  readonly #options: ConnectionOptions;
  readonly #ways: readonly (() => Way)[];
  #open: { readonly client: Client; readonly way: Way } | undefined;
  #stderr = "";
  #disposed = false;

  /** @throws {ArgumentError} naming what is wrong with the server */
  constructor(server: McpServer, sdk: Sdk, options: ConnectionOptions) {
    this.server = server;
    this.name = options.name;
    this.argument = options.argument;
    this.#sdk = sdk;
    this.#options = options;
    this.#ways = waysTo(server, options.argument, sdk);
  }

  /** What the server is called in errors. */
  get title(): string {
    return this.name === "" ? "The MCP server" : `The MCP server ${JSON.stringify(this.name)}`;
  }

  /** What the server says about how it is used. */
  get instructions(): string | undefined {
    return this.#open?.client.getInstructions();
  }

  /** Its tools. Connects first, where that is not done or no more so. */
  async list(signal: AbortSignal | undefined): Promise<readonly Tool[]> {
    const known = this.#open;
    if (known !== undefined) {
      try {
        return await this.#list(known.client, signal);
      } catch (error) {
        if (!MullamaError.isInstance(error) || error.code !== "MCP_CONNECTION_FAILED") throw error;
        await this.#close();
      }
    }
    return this.#list(await this.#connect(signal), signal);
  }

  /** Calls a tool. @throws {MullamaError} as the tool's `execute` does */
  async call(name: string, given: unknown, signal: AbortSignal): Promise<CallToolResult> {
    if (this.#disposed) throw new DisposedError("set of MCP tools");
    const { timeout } = this.#options;
    const what = `The tool ${JSON.stringify(name)} of ${this.title.replace(/^T/, "t")}`;
    if (this.#open === undefined) {
      const { client } = this.#sdk;
      const lost = new client.SdkError(client.SdkErrorCode.NotConnected, "the connection is lost");
      throw toMcpError(lost, this.#sdk, { what, timeout, signal, stderr: this.#stderr });
    }
    const { client, way } = this.#open;
    const params = { name, arguments: { ...(given as Record<string, unknown>) } };
    try {
      return await client.callTool(params, { signal, timeout });
    } catch (error) {
      throw toMcpError(error, this.#sdk, { what, timeout, signal, stderr: way.stderr() });
    }
  }

  /** Ends the connection, and the server's process with it. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#close();
  }

  async #list(client: Client, signal: AbortSignal | undefined): Promise<readonly Tool[]> {
    if (client.getServerCapabilities()?.tools === undefined) return [];
    const { timeout } = this.#options;
    try {
      const { tools } = await client.listTools({}, { timeout, cacheMode: "refresh", ...(signal && { signal }) });
      return tools;
    } catch (error) {
      throw toMcpError(error, this.#sdk, { what: this.title, timeout, signal, stderr: this.#stderr });
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<Client> {
    const { connectTimeout: timeout } = this.#options;
    let first: unknown;
    let stderr = "";
    for (const make of this.#ways) {
      if (this.#disposed) throw new DisposedError("set of MCP tools");
      const way = make();
      try {
        return await this.#connectBy(way, timeout, signal);
      } catch (error) {
        await way.transport.close().catch(() => undefined);
        first ??= error;
        stderr ||= way.stderr();
        if (!mayKnowAnother(error, this.#sdk)) break;
      }
    }
    const error = toMcpError(first, this.#sdk, { what: this.title, timeout, signal, stderr });
    if (error.code !== "TOOL_FAILED") throw error;
    throw new MullamaError("MCP_CONNECTION_FAILED", error.message, { cause: first });
  }

  async #connectBy(way: Way, timeout: number, signal: AbortSignal | undefined): Promise<Client> {
    const client = new this.#sdk.client.Client(
      // A version must be there; nobody uses it.
      { name: "mullama", version: "0" },
      {
        versionNegotiation: { mode: way.mode },
        listChanged: { tools: { autoRefresh: false, onChanged: () => this.#options.onChange() } },
      },
    );
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it has no other way
    client.onclose = () => {
      way.closed();
      this.#stderr = way.stderr();
      if (this.#open?.client === client) this.#open = undefined;
    };
    signal?.throwIfAborted();
    await client.connect(way.transport, { timeout, ...(signal && { signal }) });
    this.#open = { client, way };
    if (this.#disposed) {
      await this.#close();
      throw new DisposedError("set of MCP tools");
    }
    return client;
  }

  async #close(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { transport } = open.way;
    if (transport instanceof this.#sdk.client.StreamableHTTPClientTransport) {
      const late = new Promise((resolve) => setTimeout(resolve, SESSION_END_MS).unref());
      await Promise.race([transport.terminateSession().catch(() => undefined), late]);
    }
    await open.client.close().catch(() => undefined);
  }
}
