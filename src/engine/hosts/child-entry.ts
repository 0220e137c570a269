/**
 * The process that an engine runs in. Its main thread passes messages between the parent and the thread that computes,
 * so that it hears at once when something is cancelled.
 */
import type { EngineHost } from "./engine-host.js";
import { toPlainError, toPlainEvents } from "./plain-error.js";
import { WorkerHost } from "./worker-host.js";
import type { FromWorker, ToWorker } from "./worker-protocol.js";

const loading = new AbortController();
let host: EngineHost | undefined;

function send(message: FromWorker): void {
  // Once the parent is gone, nobody waits for it.
  if (process.connected) process.send?.(message);
}

process.on("message", (message: ToWorker) => {
  if (message.type === "load") void load(message.options);
  else if (message.type === "abort-load") loading.abort();
  else if (message.type === "interrupt") host?.interrupt();
  else if (message.command.type === "dispose") void stop();
  else host?.post(message.command);
});
process.on("disconnect", () => process.exit());

async function load(options: Parameters<typeof WorkerHost.load>[0]): Promise<void> {
  try {
    host = await WorkerHost.load(options, (events) => send({ type: "events", events: toPlainEvents(events) }), {
      signal: loading.signal,
      onProgress: (progress) => send({ type: "progress", progress }),
    });
    send({ type: "ready", info: host.info, abortFlag: new Uint8Array(1) });
  } catch (error) {
    send({ type: "load-failed", error: toPlainError(error) });
    process.disconnect();
  }
}

async function stop(): Promise<void> {
  await host?.dispose();
  process.disconnect();
}
