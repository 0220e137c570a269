import type { ErrorCode } from "../../errors.js";

/** What a failure is in HTTP. What is not here is the server's own fault. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  /** The client has gone: nobody reads it, but the log. */
  ABORTED: 499,
  ADAPTER_LOAD_FAILED: 400,
  ARGUMENT_INVALID: 400,
  BODY_TOO_LARGE: 413,
  BUSY: 503,
  CONTEXT_FULL: 400,
  DEADLINE_EXCEEDED: 504,
  DISPOSED: 503,
  DOWNLOAD_FAILED: 502,
  FORBIDDEN: 403,
  GRAMMAR_INVALID: 400,
  GRAMMAR_REJECTED: 400,
  KV_CACHE_FULL: 503,
  MODEL_NOT_FOUND: 404,
  NOT_FOUND: 404,
  OUT_OF_MEMORY: 503,
  OUT_OF_SPACE: 507,
  PROMPT_TOO_LONG: 400,
  PUSH_FAILED: 502,
  QUEUE_FULL: 503,
  RATE_LIMITED: 429,
  SCHEMA_UNSUPPORTED: 400,
  STATE_INVALID: 400,
  TEMPLATE_FAILED: 400,
  TEMPLATE_UNSUPPORTED: 400,
  TOKENIZE_FAILED: 400,
  UNAUTHENTICATED: 401,
  UNSUPPORTED: 400,
};

/** The HTTP status for a failure. */
export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? 500;
}
