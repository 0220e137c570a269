/** For the coverage report: writes down which C functions a test run calls. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";

type AnyFunction = ((...args: unknown[]) => unknown) & { async?: (...args: unknown[]) => unknown };

const folder = process.env["MULLAMA_RECORD_CALLS"];

/** Returns `fn`, or while recording a function that notes its first call. */
export function recorded<Fn extends AnyFunction>(name: string, fn: Fn): Fn {
  if (folder === undefined || folder === "") return fn;
  let noted = false;
  const note = (): void => {
    if (!noted) appendFileSync(join(folder, `${process.pid}.txt`), `${name}\n`);
    noted = true;
  };
  const wrapper = (...args: unknown[]): unknown => {
    note();
    return fn(...args);
  };
  const wrapped = Object.assign(wrapper, {
    async: (...args: unknown[]): unknown => {
      note();
      return fn.async?.(...args);
    },
  });
  return wrapped as unknown as Fn;
}
