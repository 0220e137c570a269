import type { FetchJob } from "../fetch-job.js";
import { readText, request } from "../http-request.js";
import { withRetries } from "../retry.js";

/**
 * Gets the token that a registry asks for, from where it says.
 *
 * @param challenge its `WWW-Authenticate`
 * @returns undefined where it asks for something else than a token
 */
export async function askForToken(challenge: string, job: FetchJob, namedHost: string): Promise<string | undefined> {
  if (!/^bearer\s/i.test(challenge)) return undefined;
  const fields = new Map<string, string>();
  for (const { groups } of challenge.matchAll(/(?<name>\w+)="(?<value>[^"]*)"/g)) {
    fields.set(groups?.["name"]?.toLowerCase() ?? "", groups?.["value"] ?? "");
  }
  const realm = fields.get("realm");
  if (realm === undefined || !URL.canParse(realm) || !/^https?:/i.test(realm)) return undefined;
  const url = new URL(realm);
  for (const name of ["service", "scope"]) {
    const value = fields.get(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const text = await withRetries(job, async () => readText(await request(url.href, {}, job, namedHost)));
  return tokenIn(text);
}

function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token: other } = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
    return [token, other].find((each) => typeof each === "string");
  } catch {
    return undefined;
  }
}
