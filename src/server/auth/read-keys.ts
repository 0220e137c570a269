import { readFile } from "node:fs/promises";
import { z } from "zod";
import { MullamaError } from "../../errors.js";
import { validate } from "../http/validate.js";
import { type ApiKeyOptions, apiKeySchema } from "./api-key.js";

const keyFile = z.strictObject({ keys: z.array(apiKeySchema).min(1, "It must have a key.") });

/**
 * Reads a file of keys: JSON with `{ "keys": [{ "name", "sha256", "scopes", … }] }`, as the server's option `keys` has them.
 *
 * @throws {MullamaError} `ARGUMENT_INVALID` naming the file or its field
 *
 * @example
 * await using server = await serve({ hostname: "0.0.0.0", keys: await readKeys("keys.json") });
 */
export async function readKeys(path: string): Promise<readonly ApiKeyOptions[]> {
  return validate(keyFile, await readJson(path)).keys;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch (cause) {
    throw new MullamaError(
      "ARGUMENT_INVALID",
      `The file of keys ${path} cannot be read: ${(cause as Error).message}.`,
      {
        cause,
        hint: 'It is JSON: { "keys": [{ "name": "me", "sha256": "…" }] }; createKey() makes one.',
      },
    );
  }
}
