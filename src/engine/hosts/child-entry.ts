/**
 * The process that an engine runs in. Its main thread passes messages between the parent and the thread that computes,
 * so that it hears at once when something is cancelled; events go from that thread to the parent without it.
 */
import { Worker } from "node:worker_threads";
import { inheritedOptions, workerEntry } from "./entries.js";
import { EVENT_PIPE } from "./event-pipe.js";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-protocol.js";

const start: WorkerStart = { eventPipe: EVENT_PIPE };
// What it throws and nobody catches ends the process, and stands on its standard error.
const worker = new Worker(workerEntry, { name: "mullama", execArgv: inheritedOptions(), workerData: start });
let abortFlag: Uint8Array | undefined;

worker.on("message", (message: FromWorker) => {
  if (message.type === "ready") ({ abortFlag } = message);
  // Once the parent is gone, nobody waits for it.
  if (process.connected)
    process.send?.(message.type === "ready" ? { ...message, abortFlag: new Uint8Array(1) } : message);
});
worker.on("exit", () => {
  if (process.connected) process.disconnect();
});

process.on("message", (message: ToWorker) => {
  const ends = message.type === "command" && message.command.type === "dispose";
  if (message.type !== "interrupt") worker.postMessage(message, []);
  if (abortFlag !== undefined && (ends || message.type === "interrupt")) abortFlag[0] = 1;
});
process.on("disconnect", () => process.exit());
