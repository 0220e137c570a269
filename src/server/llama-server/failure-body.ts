import { type Failure, failureOf } from "../http/failure.js";
import type { SseEvent } from "../http/sse.js";

const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  501: "not_supported_error",
  503: "unavailable_error",
};

/** A failure as clients of llama-server read it. */
export function failureBody({ status, code, message, param }: Failure): unknown {
  const plain = types[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
  const type = code === "PROMPT_TOO_LONG" ? "exceed_context_size_error" : plain;
  return { error: { code: status, message, type, ...(param === undefined ? {} : { param }) } };
}

/** The last event of a stream in which something fails. */
export function failureEvent(error: unknown): SseEvent {
  return { data: JSON.stringify(failureBody(failureOf(error))) };
}
