import { HttpError } from "../http/http-error.js";
import type { RequestLimits } from "./request-limits.js";

/**
 * Refuses a body that asks for more than the server allows, before anything is done about it. The fields are those of all
 * dialects; what else is wrong with them is for the schema to say.
 *
 * @throws {HttpError} `ARGUMENT_INVALID` and `BODY_TOO_LARGE`, naming the field and the limit
 */
export function requireWithin(body: unknown, limits: RequestLimits): void {
  if (typeof body !== "object" || body === null) return;
  const fields = body as Readonly<Record<string, unknown>>;
  for (const param of ["stop", "stop_sequences", "options.stop"])
    requireCount(param, lengthOf(fieldOf(fields, param)), limits.stops, "texts");
  requireCount("logit_bias", entriesOf(fields["logit_bias"]), limits.logitBias, "entries");
  for (const param of ["input", "content", "documents", "texts"]) {
    requireCount(param, partsOf(fields[param]), limits.inputs, "texts");
    requireLength(param, fields[param], limits.inputLength);
  }
  requireLength("tokens", fields["tokens"], limits.inputLength);
  for (const param of ["n", "n_cmpl", "best_of"])
    requireCount(param, (numberOf(fields[param]) ?? 1) * partsOf(fields["prompt"]), limits.answers, "answers");
}

function requireCount(param: string, count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new HttpError("ARGUMENT_INVALID", `${param}: ${count} ${what} are more than this server's limit of ${most}.`, {
    param,
  });
}

function requireLength(param: string, value: unknown, most: number): void {
  const length = sizeOf(value);
  if (length <= most) return;
  const problem = `${param}: ${length} characters and tokens are more than this server's limit of ${most}.`;
  throw new HttpError("BODY_TOO_LARGE", problem, { param });
}

function fieldOf(fields: Readonly<Record<string, unknown>>, path: string): unknown {
  const [name = "", inner] = path.split(".");
  const value = fields[name];
  if (inner === undefined || typeof value !== "object" || value === null)
    return inner === undefined ? value : undefined;
  return (value as Readonly<Record<string, unknown>>)[inner];
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function entriesOf(value: unknown): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

/** How many texts a field has: tokens are one, and the items of a conversation none. */
function partsOf(value: unknown): number {
  if (!Array.isArray(value)) return 1;
  if (value.some((one) => typeof one === "number")) return 1;
  return value.filter((one) => textOf(one) !== undefined).length;
}

/** A text or tokens, in each form that they are given in. */
function textOf(value: unknown): unknown {
  if (typeof value === "string" || Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null || !("prompt_string" in value)) return undefined;
  return value.prompt_string;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Characters, and tokens, of a text or of several. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value === "number") return 1;
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + sizeOf(one), 0);
  const text = textOf(value);
  return typeof text === "string" ? text.length : 0;
}
