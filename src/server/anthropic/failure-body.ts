import type { Failure } from "../http/failure.js";

const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** A failure as Anthropic's clients read it. Some shorten the conversation where they find that the prompt is too long. */
export function failureBody({ status, code, message }: Failure, requestId: string): unknown {
  const type = types[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  const told = code === "PROMPT_TOO_LONG" ? `prompt is too long: ${message}` : message;
  return { type: "error", error: { type, message: told }, request_id: requestId };
}
