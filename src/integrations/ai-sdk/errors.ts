/** What fails, as the AI SDK understands it. */
import { APICallError, UnsupportedFunctionalityError } from "@ai-sdk/provider";
import { MullamaError } from "../../errors.js";

/** What cannot be done, whoever asks. */
export function unsupported(functionality: string, message: string, cause?: unknown): UnsupportedFunctionalityError {
  const error = new UnsupportedFunctionalityError({ functionality, message });
  return cause === undefined ? error : Object.assign(error, { cause });
}

/**
 * Says what went wrong: what was cancelled fails with the signal's own reason, as `fetch` does; what cannot be done is an
 * `UnsupportedFunctionalityError`; a full queue is an `APICallError` that the AI SDK tries again; all else is the
 * {@link MullamaError} itself, and is not tried again.
 */
export function toAiSdkError(error: unknown, modelId: string, signal?: AbortSignal): unknown {
  if (!MullamaError.isInstance(error)) return error;
  const { code, message } = error;
  if (code === "ABORTED" && signal?.aborted === true) return signal.reason;
  if (code === "UNSUPPORTED" || code === "SCHEMA_UNSUPPORTED") return unsupported(code, message, error);
  if (code !== "QUEUE_FULL") return error;
  const url = `mullama:${modelId}`;
  return new APICallError({ message, url, requestBodyValues: {}, statusCode: 429, cause: error, isRetryable: true });
}
