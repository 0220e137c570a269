import type { Transport } from "@modelcontextprotocol/client";
import { ArgumentError } from "../../errors.js";
import { killAtExit } from "./exit-kill.js";
import type { McpHttpServer, McpServer, McpStdioServer } from "./mcp-options.js";
import type { Sdk } from "./sdk.js";

/** A way to a server, not yet gone. */
export interface Way {
  readonly transport: Transport;
  /** Whether it is asked first which revision of the protocol it speaks; `legacy` ones need not be. */
  readonly mode: "auto" | "legacy";
  /** What a process of the server has written to its standard error at last. */
  stderr(): string;
  /** To be called when it has ended. */
  closed(): void;
}

const KEPT_STDERR = 2000;

/** The ways to a server, the likeliest first. @throws {ArgumentError} naming what is wrong with it */
export function waysTo(server: McpServer, argument: string, sdk: Sdk): readonly (() => Way)[] {
  if (typeof server !== "object" || server === null) throw new ArgumentError(argument, "a server", server);
  if ("transport" in server) return [() => wayOf(server.transport(), "auto")];
  if ("command" in server) {
    checkCommand(server, argument);
    // To be asked, a process is started once more: only where it does not know the revision that all others do.
    return [() => processWay(server, sdk, "legacy"), () => processWay(server, sdk, "auto")];
  }
  const url = checkUrl(server, argument);
  const requestInit = { headers: { ...server.headers } };
  const { SSEClientTransport, StreamableHTTPClientTransport } = sdk.client;
  const http = (): Way => wayOf(new StreamableHTTPClientTransport(url, { requestInit }), "auto");
  const sse = (): Way => wayOf(new SSEClientTransport(url, { requestInit }), "legacy");
  if (server.type === "sse") return [sse];
  return server.type === undefined ? [http, sse] : [http];
}

/** Whether a server refuses one way to it and may know another. */
export function mayKnowAnother(
  error: unknown,
  { client: { SdkHttpError, UnsupportedProtocolVersionError } }: Sdk,
): boolean {
  if (error instanceof UnsupportedProtocolVersionError) return true;
  return error instanceof SdkHttpError && [400, 404, 405, 406, 415].includes(error.status);
}

function processWay({ command, args = [], env, cwd }: McpStdioServer, { stdio }: Sdk, mode: Way["mode"]): Way {
  const transport = new stdio.StdioClientTransport({
    command,
    args: [...args],
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(cwd === undefined ? {} : { cwd }),
    stderr: "pipe",
  });
  let written = "";
  transport.stderr?.on("data", (bytes: Buffer) => {
    written = (written + bytes.toString("utf8")).slice(-KEPT_STDERR);
  });
  let forget = (): void => undefined;
  const start = transport.start.bind(transport);
  transport.start = async () => {
    await start();
    if (transport.pid !== null) forget = killAtExit(transport.pid);
  };
  return { transport, mode, stderr: () => written, closed: () => forget() };
}

function wayOf(transport: Transport, mode: Way["mode"]): Way {
  return { transport, mode, stderr: () => "", closed: () => undefined };
}

function checkCommand({ command, args = [], env = {}, cwd }: McpStdioServer, argument: string): void {
  const isText = (value: unknown): boolean => typeof value === "string";
  if (!isText(command) || command === "") throw new ArgumentError(`${argument}.command`, "a program", command);
  if (!Array.isArray(args) || !args.every(isText)) throw new ArgumentError(`${argument}.args`, "strings", args);
  if (typeof env !== "object" || !Object.values(env).every(isText))
    throw new ArgumentError(`${argument}.env`, "strings by their names", env);
  if (cwd !== undefined && !isText(cwd)) throw new ArgumentError(`${argument}.cwd`, "the path of a folder", cwd);
}

function checkUrl({ url, headers = {}, type }: McpHttpServer, argument: string): URL {
  if (url === undefined) throw new ArgumentError(argument, "an object with command, url or transport", { url });
  const address = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new ArgumentError(`${argument}.url`, "an address that begins with http:// or https://", String(url));
  if (typeof headers !== "object" || !Object.values(headers).every((value) => typeof value === "string"))
    throw new ArgumentError(`${argument}.headers`, "strings by their names", headers);
  if (type !== undefined && !["http", "streamable-http", "sse"].includes(type))
    throw new ArgumentError(`${argument}.type`, '"http", "streamable-http" or "sse"', type);
  return address;
}
