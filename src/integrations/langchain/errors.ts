import { stampRetryable } from "@langchain/core/errors";
import { MullamaError } from "../../errors.js";

/**
 * Says what went wrong: what was cancelled fails with the signal's own reason, all else with the error itself. It is
 * marked so that LangChain tries again only where that can help: a full queue, and a process that is started again.
 */
export function toLangChainError(error: unknown, signal?: AbortSignal): unknown {
  if (!MullamaError.isInstance(error)) return error;
  if (error.code === "ABORTED" && signal?.aborted === true) return stampRetryable<unknown>(signal.reason, false);
  return stampRetryable(error, error.code === "QUEUE_FULL" || error.code === "ENGINE_CRASHED");
}
