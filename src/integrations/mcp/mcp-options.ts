import type { Transport } from "@modelcontextprotocol/client";

/** Which tools of a server are used, by the names that it gives them. */
export interface McpServerFilter {
  /** Only these. Default: all. */
  readonly allow?: readonly string[] | undefined;
  /** Not these. Default: none. */
  readonly deny?: readonly string[] | undefined;
}

/** A server that is a process of its own. */
export interface McpStdioServer extends McpServerFilter {
  readonly type?: "stdio" | undefined;
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** Beside a few variables that no secret is in, such as `PATH` and `HOME`; of the rest of the environment it sees nothing. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The folder that it runs in. Default: this process's. */
  readonly cwd?: string | undefined;
}

/** A server that is asked over HTTP. */
export interface McpHttpServer extends McpServerFilter {
  /** Default: Streamable HTTP, and the older SSE where the server does not know that. */
  readonly type?: "http" | "streamable-http" | "sse" | undefined;
  readonly url: string | URL;
  /** Sent with every request, such as `{ Authorization: "Bearer …" }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A server that is reached in a way of your own, such as one with OAuth: any transport of `@modelcontextprotocol/client`. */
export interface McpTransportServer extends McpServerFilter {
  /** Makes a transport that has not been started; asked again when the connection is lost and `refresh` is called. */
  readonly transport: () => Transport;
}

/** A server, and how it is reached. */
export type McpServer = McpStdioServer | McpHttpServer | McpTransportServer;

/** Servers by their names, in the form in which they stand in the configuration files of many programs. */
export interface McpConfig {
  readonly mcpServers: Readonly<Record<string, McpServer & { readonly disabled?: boolean | undefined }>>;
}

/** How servers are used. */
export interface McpOptions {
  /** What tools' names begin with. Default: a server's name and `_` where it has one, else nothing. */
  readonly prefix?: string | ((server: string) => string) | undefined;
  /** Milliseconds that a call may take. Default 60,000. */
  readonly timeout?: number | undefined;
  /** Milliseconds until a server must have begun to answer. Default 60,000, since `npx` may have to fetch it. */
  readonly connectTimeout?: number | undefined;
  /**
   * What becomes of a schema that has rules which no grammar can hold the model to. `loosen`: these rules are left out, and
   * {@link McpTool.loosened} names them; the server still checks them. `error`: it is refused. Default `loosen`.
   */
  readonly schemas?: "loosen" | "error" | undefined;
  /** Stops connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Told when a server has changed its tools; `tools` has them already. A chat keeps those that it began with. */
  readonly onChange?: (() => void) | undefined;
}
