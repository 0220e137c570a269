import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** What a key lets its holder do: generate and embed; see, load and change models; everything. */
export const scopes = ["inference", "models", "admin"] as const;

export type Scope = (typeof scopes)[number];

export const apiKeySchema = z.strictObject({
  /** What the log calls it. */
  name: z.string().min(1),
  /** The key's SHA-256, in hexadecimal: the key itself is kept nowhere. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, "It must be 64 hexadecimal digits."),
  scopes: z.array(z.enum(scopes)).default(["inference"]),
  /** Most requests a minute. */
  requestsPerMinute: z.int().min(1).optional(),
  /** Most tokens a minute, of prompts, answers and texts that are embedded together. */
  tokensPerMinute: z.int().min(1).optional(),
  /** Most requests at the same time. */
  concurrency: z.int().min(1).optional(),
});

/** A key that the server knows. */
export type ApiKey = z.output<typeof apiKeySchema>;

/** A key as it is configured. */
export type ApiKeyOptions = z.input<typeof apiKeySchema>;

/** The SHA-256 of a key, as the server is told it. @example hashKey("mk-…") */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Makes a new key, with 256 random bits. */
export function createKey(): { readonly key: string; readonly sha256: string } {
  const key = `mk-${randomBytes(32).toString("base64url")}`;
  return { key, sha256: hashKey(key) };
}

/** The key of those that the server knows. All are compared, each in the same time, whichever it is. */
export function findKey(keys: readonly ApiKey[], given: string): ApiKey | undefined {
  const digest = createHash("sha256").update(given).digest();
  let found: ApiKey | undefined;
  for (const key of keys) if (timingSafeEqual(Buffer.from(key.sha256, "hex"), digest)) found ??= key;
  return found;
}
