import { setTimeout as delay } from "node:timers/promises";
import { MullamaError } from "../errors.js";

/** Throws the `ABORTED` error if the caller has cancelled. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw aborted(signal);
}

/** The error for work that the caller cancelled, with the signal's reason as its cause. */
export function aborted(signal: AbortSignal): MullamaError {
  return new MullamaError("ABORTED", "Fetching the model was cancelled.", { cause: signal.reason });
}

/** Waits, unless the caller cancels meanwhile; then throws the `ABORTED` error. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw aborted(signal);
  }
}
