import { aborted, pause, throwIfAborted } from "./cancel.js";
import type { RequestJob } from "./fetch-job.js";
import { HttpFailure } from "./http-request.js";

/**
 * Does a request until it succeeds, is refused, or has failed too often in a row.
 * A host that is busy is given the time that it asks for; one that does not answer at all is left at once where
 * another source follows.
 *
 * @param gained Bytes gained so far: a try that gained some does not count as failed.
 * @throws {HttpFailure} the last failure, or `ABORTED` when cancelled.
 */
export async function withRetries<Result>(
  job: RequestJob,
  attempt: () => Promise<Result>,
  gained: () => number = () => 0,
): Promise<Result> {
  for (let failures = 0; ;) {
    throwIfAborted(job.signal);
    const before = gained();
    try {
      return await attempt();
    } catch (error) {
      if (job.signal.aborted) throw aborted(job.signal);
      if (!(error instanceof HttpFailure)) throw error;
      failures = gained() > before ? 1 : failures + 1;
      const wait = waitBeforeRetry(error, failures, job);
      if (wait === undefined) throw error;
      await pause(wait, job.signal);
    }
  }
}

/** Milliseconds to wait before the next try, or undefined when to give up. */
function waitBeforeRetry(failure: HttpFailure, failures: number, job: RequestJob): number | undefined {
  if (!failure.retryable || failures > job.network.retries) return undefined;
  if (!failure.answered && !job.isLast) return undefined;
  const longest = job.isLast ? 60_000 : 8000;
  if (failure.retryAfter !== undefined) return failure.retryAfter <= longest ? failure.retryAfter : undefined;
  return Math.min(8000, job.network.backOff * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
}
