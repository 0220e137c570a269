/** The opened llama.cpp library of this thread, for the safe objects. */
import { captureLog, captureLogAsync, type NativeFunctions, openLibrary } from "../native/index.js";
import type { LogLine } from "../errors.js";

/** The C functions; opens the library at first use. */
export function api(): NativeFunctions {
  return openLibrary().functions;
}

/** Runs `call` and hands what llama.cpp logged meanwhile to `fail` when it returns null. */
export function orThrow<Result>(call: () => Result | null, fail: (log: readonly LogLine[]) => Error): Result {
  const { result, log } = captureLog(api(), call);
  if (result === null) throw fail(log);
  return result;
}

/** As {@link orThrow}, for a call on a pool thread. */
export async function orThrowAsync<Result>(
  call: () => Promise<Result | null>,
  fail: (log: readonly LogLine[]) => Error,
): Promise<Result> {
  const { result, log } = await captureLogAsync(api(), call);
  if (result === null) throw fail(log);
  return result;
}

/** Calls a C function on a pool thread. Whatever it points at must be kept alive by the caller. */
export function callAsync<Arguments extends readonly unknown[], Result>(
  fn: { async(...args: [...Arguments, (error: Error | null, result: Result) => void]): void },
  ...args: Arguments
): Promise<Result> {
  return new Promise((resolve, reject) => {
    fn.async(...args, (error, result) => (error === null || error === undefined ? resolve(result) : reject(error)));
  });
}
