import { setMaxListeners } from "node:events";
import type { Context } from "hono";

/**
 * Is aborted when the client goes: by the request's own signal, and by whoever writes the answer and finds that nobody reads
 * it (`sseResponse`, `ndjsonResponse`). Generations take its signal.
 */
export function departureOf(context: Context): AbortController {
  const departure = new AbortController();
  // Each of up to 128 answers of a request listens.
  setMaxListeners(0, departure.signal);
  const { signal } = context.req.raw;
  if (signal.aborted) departure.abort(signal.reason);
  else signal.addEventListener("abort", () => departure.abort(signal.reason), { once: true });
  return departure;
}
