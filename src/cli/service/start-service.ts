import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MullamaError } from "../../errors.js";
import { mullamaHome } from "../../home.js";
import { throwIfAborted } from "../../models/cancel.js";
import { acquireLock } from "../../models/lock.js";
import { findService } from "./find-service.js";
import type { ServiceClient } from "./service-client.js";

const PATIENCE_MS = 20_000;

/**
 * The service that runs, or one that is started now, in the background: it leaves when nobody has used it for a while.
 *
 * @throws {MullamaError} `SERVICE_UNAVAILABLE` with the last lines of its log
 */
export async function ensureService(signal: AbortSignal): Promise<ServiceClient> {
  const running = await findService();
  if (running !== undefined) return running;
  mkdirSync(join(mullamaHome(), "logs"), { recursive: true });
  // Two commands at the same time start one service.
  const lock = await acquireLock(join(mullamaHome(), "service.lock"), signal, () => undefined);
  try {
    return (await findService()) ?? (await start(signal));
  } finally {
    await lock.release();
  }
}

async function start(signal: AbortSignal): Promise<ServiceClient> {
  const logPath = join(mullamaHome(), "logs", "service.log");
  const log = openSync(logPath, "w");
  const [, main = ""] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, main, "serve", "--background"], {
    detached: true,
    stdio: ["ignore", log, log],
    windowsHide: true,
  });
  closeSync(log);
  const state: { ended?: string } = {};
  child.on("error", (error) => (state.ended = error.message));
  child.on("exit", (code, killed) => (state.ended = `it ended with ${code ?? killed}`));
  child.unref();
  const until = performance.now() + PATIENCE_MS;
  while (state.ended === undefined && performance.now() < until) {
    throwIfAborted(signal);
    const client = await findService();
    if (client !== undefined) return client;
    await delay(50);
  }
  const last = readFileSync(logPath, "utf8").trim().split("\n").slice(-3).join(" ");
  throw new MullamaError(
    "SERVICE_UNAVAILABLE",
    `The service could not be started: ${state.ended ?? "it is silent"}. ${last}`,
    {
      hint: `Its log is ${logPath}. Use --local to do without it.`,
    },
  );
}
