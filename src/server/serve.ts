import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { isIP, type AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { MullamaError } from "../errors.js";
import { createServer, type MullamaServer } from "./create-server.js";
import { ARRIVAL_MS } from "./http/read-body.js";
import type { ServerOptions } from "./server-options.js";

const IDLE_CHECK_MS = 50;

/** Where a server listens, beside what it offers. */
export interface ServeOptions extends ServerOptions {
  /** Default `127.0.0.1`: this machine only. */
  readonly hostname?: string;
  /** 0 takes any that is free. Default 11434, where Ollama's clients look for it. */
  readonly port?: number;
  /** Files with a certificate and its key, in PEM: it speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Lets everyone in the network use it without a key. Default false. */
  readonly insecure?: boolean;
  /** Milliseconds that requests may go on for when it is closed. Default 30,000. */
  readonly drainTimeout?: number;
}

/** A server that listens. */
export interface ListeningServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:11434`. */
  readonly url: string;
  readonly port: number;
  readonly app: MullamaServer;
  /** Takes no more requests, lets those that run end, for `drainTimeout` at most, and unloads the models. */
  close(): Promise<void>;
}

/**
 * Serves models over HTTP.
 *
 * @throws {MullamaError} `FORBIDDEN` where the network could use it without a key; `ADDRESS_UNAVAILABLE`;
 * `ARGUMENT_INVALID` naming the option
 *
 * @example
 * await using server = await serve({ port: 8080, models: { small: { model: "smollm2:135m" } } });
 * console.log(server.url);
 */
export async function serve(options: ServeOptions = {}): Promise<ListeningServer> {
  const { hostname = "127.0.0.1", port = 11434, tls, insecure = false, drainTimeout = 30_000, ...rest } = options;
  if (!isLoopback(hostname) && (rest.keys ?? []).length === 0 && !insecure) {
    throw new MullamaError("FORBIDDEN", `Everyone who can reach ${hostname} could use this server without a key.`, {
      hint: "Give it keys, listen at 127.0.0.1, or say insecure: true.",
    });
  }
  const app = await createServer(rest);
  try {
    const listener = getRequestListener(app.fetch, { hostname, overrideGlobalObjects: false });
    const handle = (...request: Parameters<typeof listener>): void => void listener(...request);
    const { arrivalTimeout = ARRIVAL_MS } = rest;
    // How long a body may take is minded where it is read: files that are uploaded take hours.
    const waits = {
      headersTimeout: arrivalTimeout,
      requestTimeout: 0,
      connectionsCheckingInterval: arrivalTimeout / 4,
    };
    const server =
      tls === undefined
        ? createHttpServer(waits, handle)
        : createHttpsServer({ ...waits, cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, handle);
    const address = await listen(server, hostname, port);
    const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
    const url = `${tls === undefined ? "http" : "https"}://${host}:${address.port}`;
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => (closed ??= drain(server, app, drainTimeout));
    return { url, port: address.port, app, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await app.dispose();
    throw error;
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function listen(server: Server, hostname: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "another program listens there" : cause.message;
      reject(
        new MullamaError("ADDRESS_UNAVAILABLE", `The server cannot listen at ${hostname}:${port}: ${why}.`, {
          cause,
          hint: "Choose another port; 0 takes any that is free.",
        }),
      );
    });
    server.listen(port, hostname, () => resolve(server.address() as AddressInfo));
  });
}

async function drain(server: Server, app: MullamaServer, timeout: number): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), timeout);
  // Connections that are kept for a next request are not waited for, nor are those that become idle meanwhile.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  clearInterval(idle);
  clearTimeout(late);
  await app.dispose();
}
