import type { ErrorCode } from "../../errors.js";
import { type Failure, failureOf } from "../http/failure.js";
import type { SseEvent } from "../http/sse.js";
import type { TakenModel } from "../take-model.js";

/** OpenAI's own codes, where it has one. */
const codes: Readonly<Partial<Record<ErrorCode, string>>> = {
  MODEL_NOT_FOUND: "model_not_found",
  PROMPT_TOO_LONG: "context_length_exceeded",
  RATE_LIMITED: "rate_limit_exceeded",
  UNAUTHENTICATED: "invalid_api_key",
};

const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
};

/** A failure as OpenAI's clients read it. */
export function failureBody({ status, code, message, param }: Failure): unknown {
  const type = types[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
  const name = code === undefined ? null : (codes[code] ?? code.toLowerCase());
  return { error: { message, type, param: param ?? null, code: name } };
}

/** The last event of a stream in which something fails. */
export function failureEvent({ failed }: Pick<TakenModel, "failed">): (error: unknown) => SseEvent {
  return (error) => {
    failed(error);
    return { data: JSON.stringify(failureBody(failureOf(error))) };
  };
}
