/**
 * What llama.cpp logs, caught without risk.
 *
 * Its logger is one for the whole process and may be called from any thread, also after the JavaScript that
 * installed a callback is gone. So C's logger is a C function that ignores everything, except inside
 * {@link captureLog}, and the runtime puts such a function back when this thread's JavaScript ends there.
 */
import type { LogLine } from "../errors.js";
import { registerCallback } from "./callback.js";
import type { NativeFunctions } from "./generated/index.js";
import { pointerArray } from "./memory.js";
import { atThreadEnd, libcFunction, processLock } from "./process.js";
import type { Pointer } from "./pointer.js";

/** Hears llama.cpp's log lines. */
export type LogHandler = (line: LogLine) => void;

const levels: readonly LogLine["level"][] = ["info", "debug", "info", "warn", "error"];

const listeners = new Set<LogHandler>();
let handler: LogHandler | undefined;
let sinks:
  | { readonly silent: Pointer<"ggml_log_callback">; readonly listening: Pointer<"ggml_log_callback"> }
  | undefined;
let setter: Pointer<string> | undefined;
let partial: LogLine | undefined;
let cancelThreadEnd: (() => void) | undefined;

/**
 * Sends llama.cpp's log lines to `listener`, or nowhere when it is undefined (the default).
 * Heard are the calls of this thread that can fail or take long: opening, loading, creating, quantizing.
 */
export function setLogHandler(listener: LogHandler | undefined): void {
  handler = listener;
}

/** Silences the logger of a library that was just opened; `llama_log_set` is that function's address. */
export function silenceLog(api: NativeFunctions, llama_log_set: Pointer<string>): void {
  setter = llama_log_set;
  api.llama_log_set(useSinks().silent, null);
}

/**
 * Runs `call`, which calls into C on this thread, and returns its result with what was logged meanwhile.
 *
 * @param listener hears each line at once; it must not throw
 */
export function captureLog<Result>(
  api: NativeFunctions,
  call: () => Result,
  listener?: LogHandler,
): { result: Result; log: LogLine[] } {
  const log: LogLine[] = [];
  const result = processLock(() => listen(api, collector(log, listener), call));
  return { result, log };
}

function collector(log: LogLine[], listener: LogHandler | undefined): LogHandler {
  return (line) => {
    log.push(line);
    listener?.(line);
  };
}

/** As {@link captureLog}, for a call that runs on a pool thread. Lines of calls that overlap are told to all of them. */
export async function captureLogAsync<Result>(
  api: NativeFunctions,
  call: () => Promise<Result>,
  also?: LogHandler,
): Promise<{ result: Result; log: LogLine[] }> {
  const log: LogLine[] = [];
  const listener = collector(log, also);
  start(api, listener);
  try {
    return { result: await call(), log };
  } finally {
    stop(api, listener);
  }
}

function listen<Result>(api: NativeFunctions, listener: LogHandler, call: () => Result): Result {
  start(api, listener);
  try {
    return call();
  } finally {
    stop(api, listener);
  }
}

function start(api: NativeFunctions, listener: LogHandler): void {
  const { silent, listening } = useSinks();
  // Later than the hook that gives back the lock, and so run before it.
  if (listeners.size === 0 && setter !== undefined) cancelThreadEnd = atThreadEnd(setter, silent);
  listeners.add(listener);
  api.llama_log_set(listening, null);
}

function stop(api: NativeFunctions, listener: LogHandler): void {
  flush();
  listeners.delete(listener);
  if (listeners.size > 0) return;
  const { silent, listening } = useSinks();
  const current = pointerArray([null]);
  api.llama_log_get(current, pointerArray([null]));
  // Another thread may have begun to listen since.
  if (BigInt(current[0] ?? 0) === listening) api.llama_log_set(silent, null);
  cancelThreadEnd?.();
}

function useSinks(): NonNullable<typeof sinks> {
  if (sinks === undefined) {
    // `int abs(int)` is a logger that does nothing: it takes the level, and leaves text and data alone.
    const silent = libcFunction("abs") as Pointer<"ggml_log_callback">;
    const listening = registerCallback("ggml_log_callback", (level, text) => hear(level, text ?? "")).pointer;
    sinks = { silent, listening };
  }
  return sinks;
}

const continued = 5;

/** llama.cpp logs pieces of lines, and marks the later ones as continuations. */
function hear(level: number, text: string): void {
  if (level === continued && partial !== undefined) partial = { level: partial.level, text: partial.text + text };
  else {
    flush();
    partial = { level: levels[level] ?? "info", text };
  }
  if (partial.text.endsWith("\n")) flush();
}

function flush(): void {
  if (partial === undefined) return;
  const line: LogLine = { level: partial.level, text: partial.text.replace(/\n$/, "") };
  partial = undefined;
  for (const listener of listeners) listener(line);
  try {
    handler?.(line);
  } catch (error) {
    // It must not pass through C, which would lose what the call made.
    queueMicrotask(() => {
      throw error;
    });
  }
}
