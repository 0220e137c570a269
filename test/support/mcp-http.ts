/** The MCP server of the tests over HTTP, in this process, in each way that there is. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import {
  createMcpHandler,
  type JSONRPCMessage,
  type Transport,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { mcpTestServer } from "./mcp-server.js";

export interface McpHttp extends AsyncDisposable {
  readonly url: string;
  /** What reached it: method and path, and what happened in its tools. */
  readonly log: string[];
}

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

async function listen(log: string[], listener: Listener): Promise<McpHttp> {
  const server = createServer((request, response) => {
    log.push(`${request.method} ${request.headers.authorization ?? "-"}`);
    void listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    log,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Streamable HTTP of the newest revision, and of the one before. */
export function newestHttp(): Promise<McpHttp> {
  const log: string[] = [];
  const handler = createMcpHandler(() => {
    const made = mcpTestServer();
    made.log.push = (...words) => log.push(...words);
    return made.server;
  });
  return listen(
    log,
    getRequestListener((request) => handler.fetch(request)),
  );
}

/** Streamable HTTP with sessions, as most servers have it. */
export async function sessionHttp(): Promise<McpHttp> {
  const { server, log } = mcpTestServer();
  const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: randomUUID });
  await server.connect(transport);
  return listen(
    log,
    getRequestListener((request) => transport.handleRequest(request)),
  );
}

/** SSE, as it was before Streamable HTTP. */
export function sseHttp(): Promise<McpHttp> {
  const { server, log } = mcpTestServer();
  let transport: Transport | undefined;
  return listen(log, async (request, response) => {
    if (request.method === "GET") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(`event: endpoint\ndata: /messages\n\n`);
      transport = {
        start: () => Promise.resolve(),
        close: () => Promise.resolve(void response.end()),
        send: (message) => Promise.resolve(void response.write(`data: ${JSON.stringify(message)}\n\n`)),
      };
      await server.connect(transport);
    } else if (request.url === "/messages") {
      let body = "";
      for await (const part of request.setEncoding("utf8")) body += String(part);
      response.writeHead(202).end();
      transport?.onmessage?.(JSON.parse(body) as JSONRPCMessage);
    } else response.writeHead(404).end();
  });
}
