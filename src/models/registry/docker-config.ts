import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../run-program.js";

/** What a registry knows a user by. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** A token that is given for others; in the place of the password. */
  readonly identityToken?: string | undefined;
}

/** What was found of a host, or why nothing was, where something should have been. */
export interface FoundCredentials {
  readonly credentials?: Credentials | undefined;
  readonly problem?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** What Docker's own registry is called in its programs' files. */
const HUB = "index.docker.io";
const HUB_ADDRESS = `https://${HUB}/v1/`;

/**
 * Finds what the user has logged in to a registry with, where Docker's programs keep it: `DOCKER_AUTH_CONFIG`, or else
 * `config.json` in `DOCKER_CONFIG` or `~/.docker`, with the programs that it names to keep secrets.
 *
 * @param host with its port, if it has one
 */
export async function findCredentials(host: string, signal: AbortSignal): Promise<FoundCredentials> {
  const wanted = plainHost(host);
  const given = process.env["DOCKER_AUTH_CONFIG"] ?? "";
  if (given !== "") {
    const config = parse(given);
    if (config === undefined) return { problem: "DOCKER_AUTH_CONFIG is not JSON." };
    const credentials = inFile(config, wanted);
    if (credentials !== undefined) return { credentials };
  }
  const path = join(process.env["DOCKER_CONFIG"] || join(homedir(), ".docker"), "config.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return {};
  const config = parse(text);
  if (config === undefined) return { problem: `${path} is not JSON.` };
  const helper = entryOf(config["credHelpers"], wanted) ?? config["credsStore"];
  const kept = typeof helper === "string" && helper !== "" ? await askHelper(helper, wanted, signal) : {};
  return kept.credentials === undefined ? { ...kept, credentials: inFile(config, wanted) } : kept;
}

function parse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Entries are named by a host or by an address on it. */
function entryOf(entries: unknown, host: string): unknown {
  return Object.entries(Object(entries) as Json).find(([key]) => plainHost(key) === host)?.[1];
}

function plainHost(address: string): string {
  const host = address
    .replace(/^https?:\/\//i, "")
    .replace(/\/.*$/s, "")
    .toLowerCase();
  return ["docker.io", "registry-1.docker.io"].includes(host) ? HUB : host;
}

function inFile(config: Json, host: string): Credentials | undefined {
  const { auth, username, password, identitytoken } = Object(entryOf(config["auths"], host)) as Json;
  const identityToken = typeof identitytoken === "string" && identitytoken !== "" ? identitytoken : undefined;
  const pair =
    typeof auth === "string" ? Buffer.from(auth, "base64").toString() : `${textOf(username)}:${textOf(password)}`;
  const at = pair.indexOf(":");
  if (at <= 0 && identityToken === undefined) return undefined;
  return { username: pair.slice(0, Math.max(0, at)), password: pair.slice(at + 1).replace(/\0+$/, ""), identityToken };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Asks a program that keeps secrets, as Docker asks it. */
async function askHelper(name: string, host: string, signal: AbortSignal): Promise<FoundCredentials> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) return { problem: `${JSON.stringify(name)} is no name of a program for credentials.` };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
  const input = host === HUB ? HUB_ADDRESS : host;
  const { code, stdout, stderr } = await runProgram(program, ["get"], { signal: limit, input });
  if (code === 0) {
    const { Username: username, Secret: secret } = parse(stdout) ?? {};
    if (typeof username !== "string" || typeof secret !== "string") return { problem: `${program} answers no JSON.` };
    const identityToken = username === "<token>" ? secret : undefined;
    return { credentials: { username, password: secret, identityToken } };
  }
  const words = `${stdout}${stderr}`.trim();
  if (/credentials not found/i.test(words)) return {};
  return { problem: `${program} ${code === undefined ? "is not installed" : `failed: ${words.slice(0, 200)}`}.` };
}
