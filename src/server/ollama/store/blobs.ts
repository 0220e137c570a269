import { Readable } from "node:stream";
import type { Context } from "hono";
import { MullamaError } from "../../../errors.js";
import { arriving } from "../../http/arriving.js";
import { departureOf } from "../../http/departure.js";
import { HttpError } from "../../http/http-error.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { servedStore } from "./served-store.js";

/** `HEAD /api/blobs/sha256:<hex>`: whether the store has a file. Its bytes are not given. */
export async function hasBlob(context: Context<ServerEnv>, services: Services): Promise<Response> {
  if (context.req.method !== "HEAD") throw new HttpError("NOT_FOUND", "Files are not given: ask with HEAD.");
  const found = await servedStore(services).has(hexOf(context.req.param("digest") ?? ""));
  return context.body(null, found ? 200 : 404);
}

/** `POST /api/blobs/sha256:<hex>`: puts a file into the store, for a model to be made of. */
export async function keepBlob(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const store = servedStore(services);
  const sha256 = hexOf(context.req.param("digest") ?? "");
  if (await store.has(sha256)) return context.body(null, 200);
  const { body } = context.req.raw;
  const bytes = body === null ? [] : arriving(body, { within: services.limits.arrival, what: "piece" });
  try {
    await store.putBlob(sha256, Readable.from(bytes), departureOf(context).signal);
  } catch (error) {
    if (!MullamaError.isInstance(error) || error.code !== "DOWNLOAD_FAILED") throw error;
    throw new HttpError("ARGUMENT_INVALID", error.message, { cause: error, param: "digest" });
  }
  return context.body(null, 201);
}

/** The hexadecimal digits of a digest. */
export function hexOf(digest: string): string {
  const hex = /^sha256[:-]([\da-f]{64})$/.exec(digest)?.[1];
  if (hex !== undefined) return hex;
  throw new HttpError("ARGUMENT_INVALID", `${JSON.stringify(digest.slice(0, 80))} is no digest.`, {
    param: "digest",
    hint: "Write sha256: and 64 lower-case hexadecimal digits.",
  });
}
