import type { ProgressListener } from "./progress.js";
import { TransferPace } from "./transfer-pace.js";

/**
 * Tells a listener, beside what it hears of transfers, how fast they go.
 *
 * @param now a clock, in milliseconds
 */
export function withPace(listener: ProgressListener, now?: () => number): ProgressListener {
  const pace = new TransferPace(now);
  return (progress) => {
    if (!("received" in progress)) return listener(progress);
    const { phase, source, received, total } = progress;
    listener({ ...progress, ...pace.note(`${phase} ${source}`, received, total) });
  };
}
