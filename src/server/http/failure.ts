import { ArgumentError, type ErrorCode, MullamaError } from "../../errors.js";
import { HttpError } from "./http-error.js";
import { statusOf } from "./status.js";

/** A failed request, in the terms that every dialect has words for. */
export interface Failure {
  readonly status: number;
  /** Undefined where something broke that nobody foresaw. */
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly param: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Soon enough for a person, late enough for a model to have answered someone. */
const RETRY_SECONDS = "2";

/** What to tell the client of a failure. What nobody foresaw is not told, as it may hold what is not the client's. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HttpError) {
    const { status, code, message, param, headers } = error;
    return { status, code, message, param, headers };
  }
  if (!MullamaError.isInstance(error)) {
    return {
      status: 500,
      code: undefined,
      message: "Something went wrong in the server; its log says what, under this request's id.",
      param: undefined,
      headers: {},
    };
  }
  const status = statusOf(error.code);
  return {
    status,
    code: error.code,
    // What a process wrote before it died is for the log.
    message: error.message.replace(/ Its last words: .*/s, ""),
    param: error instanceof ArgumentError ? error.argument : undefined,
    headers: retryOf(status, error.code),
  };
}

/** When to ask again, where that may help: what has no room now has none in two seconds. The second is what clients of OpenAI's and Anthropic's heed. */
function retryOf(status: number, code: ErrorCode): Readonly<Record<string, string>> {
  if (code === "OUT_OF_MEMORY") return { "X-Should-Retry": "false" };
  return status === 503 ? { "Retry-After": RETRY_SECONDS } : {};
}
