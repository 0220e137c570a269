import type { Context } from "hono";
import { departureOf } from "../../http/departure.js";
import { failureOf } from "../../http/failure.js";
import { ndjsonResponse } from "../../http/ndjson.js";
import type { ServerEnv } from "../../server-env.js";
import { failureBody } from "../failure-body.js";
import type { Progress } from "./response-schema.js";

/** Work that takes a while, and tells how far it has come. It ends when the signal is aborted. */
export type Work = (tell: (progress: Progress) => void, signal: AbortSignal) => Promise<void>;

/** Does something, and tells how far it has come, or only that it is done. */
export async function sendProgress(context: Context<ServerEnv>, stream: boolean, work: Work): Promise<Response> {
  const departure = departureOf(context);
  if (stream)
    return ndjsonResponse(progressOf(work, departure.signal), {
      departure,
      failure: (error) => failureBody(failureOf(error)),
    });
  await work(() => undefined, departure.signal);
  return context.json({ status: "success" });
}

async function* progressOf(work: Work, signal: AbortSignal): AsyncGenerator<unknown, void> {
  /** What has not been read yet; of each status the latest. */
  const unread = new Map<string, Progress>();
  let wake = (): void => undefined;
  const state = { ended: false };
  const tell = (progress: Progress): void => {
    unread.set(progress.status, progress);
    wake();
  };
  const result = work(tell, signal).finally(() => {
    state.ended = true;
    wake();
  });
  // Whoever reads on hears of it; nobody has to.
  result.catch(() => undefined);
  while (!state.ended || unread.size > 0) {
    const woken = new Promise<void>((resolve) => (wake = resolve));
    for (const [status, progress] of unread) {
      unread.delete(status);
      yield progress;
    }
    if (!state.ended && unread.size === 0) await woken;
  }
  await result;
  yield { status: "success" };
}
