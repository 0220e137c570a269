/** The thread that an engine runs on: loads it, passes commands on, and sends its events back. */
import { parentPort, workerData } from "node:worker_threads";
import { Engine } from "../engine.js";
import type { EngineEvent } from "../protocol.js";
import { EngineLoop } from "./engine-loop.js";
import { writeEvents } from "./event-pipe.js";
import { toPlainError, toPlainEvents } from "./plain-error.js";
import { type FromWorker, type ToWorker, transfersOf, type WorkerStart } from "./worker-protocol.js";

const port = parentPort;
const { eventPipe } = workerData as WorkerStart;
const loading = new AbortController();
let loop: EngineLoop | undefined;

function post(message: FromWorker, transfers: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfers);
}

function emit(events: readonly EngineEvent[]): void {
  const plain = toPlainEvents(events);
  if (eventPipe !== undefined) writeEvents(eventPipe, plain);
  else post({ type: "events", events: plain }, transfersOf(plain));
}

port?.on("message", (message: ToWorker) => {
  if (message.type === "load") void load(message.options);
  else if (message.type === "abort-load") loading.abort();
  else if (message.type === "command") {
    if (message.command.type === "dispose") stop();
    else loop?.command(message.command);
  }
});

async function load(options: Parameters<typeof Engine.load>[0]): Promise<void> {
  try {
    const engine = await Engine.load(options, emit, {
      signal: loading.signal,
      onProgress: (progress) => post({ type: "progress", progress }),
    });
    loop = new EngineLoop(engine, emit);
    post({ type: "ready", info: engine.info, abortFlag: engine.abortFlag });
  } catch (error) {
    post({ type: "load-failed", error: toPlainError(error) });
    stop();
  }
}

/** Frees everything, and lets the thread end. */
function stop(): void {
  loop?.dispose();
  port?.close();
}
