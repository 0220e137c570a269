import { randomBytes } from "node:crypto";
import type { RequestJob } from "../fetch-job.js";
import { HttpFailure, readText, request } from "../http-request.js";
import { withRetries } from "../retry.js";
import type { Credentials } from "./docker-config.js";
import { signedBy } from "./ollama-key.js";
import type { KeyPair } from "./openssh-key.js";

/**
 * Finds out what to send to a registry that asks who the user is: a password as it is, or the token that is given for it,
 * or for a signature, where the registry says.
 *
 * @param challenge its `WWW-Authenticate`
 * @param registry any address of it
 * @param findKey what a user without a password may sign with; it is asked for where tokens are given by the registry itself
 * @returns the header `Authorization`; undefined where it asks for something else, or for a password that is not known
 */
export async function authorizationFor(
  challenge: string,
  registry: URL,
  credentials: Credentials | undefined,
  job: RequestJob,
  findKey?: () => Promise<KeyPair | undefined>,
): Promise<string | undefined> {
  if (/^basic\b/i.test(challenge)) return credentials === undefined ? undefined : basic(credentials);
  if (!/^bearer\s/i.test(challenge)) return undefined;
  const fields = new Map<string, string>();
  for (const { groups } of challenge.matchAll(/(?<name>\w+)="(?<value>[^"]*)"/g)) {
    fields.set(groups?.["name"]?.toLowerCase() ?? "", groups?.["value"] ?? "");
  }
  const realm = fields.get("realm");
  if (realm === undefined || !URL.canParse(realm) || !/^https?:/i.test(realm)) return undefined;
  const url = new URL(realm);
  // What has been encrypted on its way so far stays so.
  if (registry.protocol === "https:" && url.protocol !== "https:") return undefined;
  const asked = ["service", "scope"].flatMap((name) => {
    const value = fields.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const key = credentials === undefined && url.host === registry.host ? await findKey?.() : undefined;
  const signed = key === undefined ? undefined : await askSigned(url, asked, key, registry.hostname, job);
  const answer = signed ?? (await askForToken(url, asked, credentials, registry.hostname, job));
  const token = tokenIn(answer);
  return token === undefined ? undefined : `Bearer ${token}`;
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function askForToken(
  url: URL,
  asked: readonly (readonly [string, string])[],
  credentials: Credentials | undefined,
  namedHost: string,
  job: RequestJob,
): Promise<string> {
  const ask = (address: string, init: RequestInit): Promise<string> =>
    withRetries(job, async () => readText(await request(address, init, job, namedHost)));
  if (credentials?.identityToken !== undefined) {
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: credentials.identityToken,
      client_id: "mullama",
      ...Object.fromEntries(asked),
    });
    // A body is sent again to where a redirect leads: this one is for nobody else.
    return ask(url.href, { method: "POST", body, redirect: "manual" });
  }
  for (const [name, value] of asked) url.searchParams.set(name, value);
  return ask(url.href, credentials === undefined ? {} : { headers: { authorization: basic(credentials) } });
}

/** Asks for a token with a signature, which is good for one question; undefined where that is refused. */
async function askSigned(
  url: URL,
  asked: readonly (readonly [string, string])[],
  key: KeyPair,
  namedHost: string,
  job: RequestJob,
): Promise<string | undefined> {
  const ask = async (): Promise<string> => {
    const address = new URL(url);
    for (const [name, value] of asked) for (const each of value.split(" ")) address.searchParams.append(name, each);
    address.searchParams.set("ts", String(Math.floor(Date.now() / 1000)));
    address.searchParams.set("nonce", randomBytes(16).toString("base64url"));
    // Whoever checks the signature may write the address anew, in this order.
    address.searchParams.sort();
    const headers = { authorization: signedBy(key, address.href) };
    // What is signed is this address, and no other.
    return readText(await request(address.href, { headers, redirect: "manual" }, job, namedHost));
  };
  try {
    return await withRetries(job, ask);
  } catch (error) {
    // A registry that knows no such keys may give a token to everybody.
    if (error instanceof HttpFailure && [400, 401, 403].includes(error.status ?? 0)) return undefined;
    throw error;
  }
}

function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token: other } = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
    return [token, other].find((each) => typeof each === "string" && /^[\x21-\x7e]+$/.test(each)) as string | undefined;
  } catch {
    return undefined;
  }
}
