import dns from "node:dns";
import { Agent, type IncomingMessage, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { MullamaError } from "../errors.js";
import { isPrivateAddress } from "./address-guard.js";

/** A host has an address that is not on the internet. */
export class PrivateAddressError extends MullamaError {
  constructor(host: string, address: string) {
    super("DOWNLOAD_FAILED", `${host} is at the private address ${address}, and was not named by you.`);
  }
}

/**
 * `fetch` for hosts that have to be on the internet. The addresses that are looked up for a connection are checked and
 * connected to: a name that means another address a moment later gains nothing. Redirects are given back.
 *
 * @throws {PrivateAddressError} where a host has a private address
 */
export async function publicFetch(url: string, init: RequestInit): Promise<Response> {
  const { hostname, host, protocol } = new URL(url);
  const literal = hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && isPrivateAddress(literal)) throw new PrivateAddressError(host, literal);
  // Behind a proxy, it is the proxy that looks up and connects.
  if (process.env["NODE_USE_ENV_PROXY"] === "1") return fetch(url, init);
  const asked = new Request(url, init);
  const body = asked.body === null ? undefined : new Uint8Array(await asked.arrayBuffer());
  const headers = { "accept-encoding": "identity", ...Object.fromEntries(asked.headers) };
  const { method, signal } = asked;
  return new Promise((resolve, reject) => {
    const take = (incoming: IncomingMessage): void => resolve(responseOf(incoming));
    const outgoing =
      protocol === "https:"
        ? secureRequest(url, { method, headers, signal, agent: secureAgent }, take)
        : request(url, { method, headers, signal, agent }, take);
    outgoing.on("error", reject).end(body);
  });
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    const bad = addresses?.find(({ address }) => isPrivateAddress(address));
    if (error !== null || first === undefined) callback(error, []);
    else if (bad !== undefined) callback(new PrivateAddressError(hostname, bad.address), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

const agent = new Agent({ keepAlive: true, lookup: lookupPublic });
const secureAgent = new SecureAgent({ keepAlive: true, lookup: lookupPublic });

function responseOf(incoming: IncomingMessage): Response {
  const { statusCode = 0, statusMessage = "", rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  const isEmpty = [204, 205, 304].includes(statusCode);
  if (isEmpty) incoming.resume();
  const body = isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  return new Response(body, { status: statusCode, statusText: statusMessage, headers });
}
