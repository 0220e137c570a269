import type { Context } from "hono";
import type { z } from "zod";
import { arriving } from "./arriving.js";
import { HttpError } from "./http-error.js";
import { requireShallow } from "./json-depth.js";
import type { RequestLimits } from "../limits/request-limits.js";
import { requireWithin } from "../limits/require-within.js";
import { validate } from "./validate.js";

/** Milliseconds that a request's head, and its JSON, have to arrive. */
export const ARRIVAL_MS = 60_000;

export interface BodyLimits {
  /** Most bytes of a request's body. */
  readonly bytes: number;
  /** Milliseconds in which it must have arrived. */
  readonly arrival: number;
  /** How deep arrays and objects may be in one another. */
  readonly depth: number;
  /** What it may ask for. */
  readonly request: RequestLimits;
}

/** Reads a request's JSON, and checks it. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  limits: BodyLimits,
): Promise<z.output<Schema>> {
  const body = withoutNulls(await readJson(context, limits));
  requireWithin(body, limits.request);
  return validate(schema, body);
}

/** Takes more than some milliseconds to read. */
const LARGE_BYTES = 2 ** 18;

let lastTurn = Promise.resolve();

/** Large bodies that come at the same time are read one in each turn of the event loop: others are heard between them. */
function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise((resolve) => setImmediate(resolve)));
  return lastTurn;
}

/** Reads a request's JSON, whatever it says. */
async function readJson(context: Context, limits: BodyLimits): Promise<unknown> {
  const bytes = await readBytes(context, limits);
  if (bytes.length > LARGE_BYTES) await nextTurn();
  const text = decode(bytes);
  requireShallow(text, limits.depth);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HttpError("ARGUMENT_INVALID", `The request's body is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

/** Reads a request's body, and stops where it gets too long, whatever its headers say. */
async function readBytes(context: Context, { bytes: limit, arrival }: BodyLimits): Promise<Uint8Array> {
  const { headers, body } = context.req.raw;
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity")
    throw new HttpError("UNSUPPORTED", `Bodies in ${encoding} are not read.`, {
      status: 415,
      hint: "Send it as it is.",
    });
  if (Number(headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of arriving(body, { within: arrival, what: "whole" })) {
    length += chunk.byteLength;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(limit: number): HttpError {
  return new HttpError("BODY_TOO_LARGE", `The request's body is longer than ${limit} bytes.`);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HttpError("ARGUMENT_INVALID", "The request's body is not valid UTF-8.", { cause });
  }
}

/** Many clients write null for what they leave out. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
