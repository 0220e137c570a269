import type { ModelProgress, ProgressListener } from "../models/index.js";

/** Shortest time between two lines of one transfer, in milliseconds. */
const PAUSE = 200;

/** Writes progress for programs: a JSON object on each line, of a transfer a few a second, and its end. */
export function progressJson(write: (line: string) => unknown, now = () => performance.now()): ProgressListener {
  let stage = "";
  let shownAt = -Infinity;
  return (progress) => {
    if ("received" in progress) {
      const isSame = stage === `${progress.phase} ${progress.source}`;
      if (isSame && progress.received !== progress.total && now() - shownAt < PAUSE) return;
      stage = `${progress.phase} ${progress.source}`;
      shownAt = now();
    }
    write(`${JSON.stringify(plain(progress))}\n`);
  };
}

/** An error's own fields are not all that a program wants of it. */
function plain(progress: ModelProgress): object {
  if (progress.phase !== "source-failed") return progress;
  const { code, message } = progress.error;
  return { ...progress, error: { code, message } };
}
