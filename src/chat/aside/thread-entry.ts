/** The thread of a lane: does one piece of work after another. It calls nothing of C, so that it can be ended at any time. */
import { parentPort } from "node:worker_threads";
import { toPlainError } from "../../engine/hosts/plain-error.js";
import { inTime } from "../patience.js";
import type { FromThread, ToThread } from "./thread-protocol.js";
import { doWork } from "./work.js";

const port = parentPort;

function post(message: FromThread): void {
  port?.postMessage(message);
}

port?.on("message", ({ work, longest }: ToThread) => {
  const begun = performance.now();
  try {
    post({ type: "made", made: inTime(() => doWork(work), longest) });
  } catch (error) {
    post({ type: "failed", error: toPlainError(error), late: performance.now() - begun >= longest });
  }
});
post({ type: "ready" });
