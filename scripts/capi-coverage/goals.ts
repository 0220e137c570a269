/** What must hold of the coverage. */
import type { FunctionCoverage, HeaderCoverage } from "./coverage.js";
import { exceptions } from "./exceptions.js";

/** One sentence for each goal that is missed. */
export function missedGoals(headers: readonly HeaderCoverage[]): string[] {
  const all = headers.flatMap(({ functions }) => functions);
  const llama = headers.find(({ header }) => header === "llama.h")?.functions ?? [];
  const excepted = (fn: FunctionCoverage, signal: "bound" | "reached"): boolean => fn.exception?.signal === signal;
  return [
    ...names(
      "not bound",
      all.filter((fn) => !fn.bound && !excepted(fn, "bound")),
    ),
    ...names(
      "of llama.h, not bound",
      llama.filter((fn) => !fn.bound),
    ),
    ...names(
      "of llama.h, called by no test",
      llama.filter((fn) => !fn.called),
    ),
    ...names(
      "of llama.h, not reached from the safe layer",
      llama.filter((fn) => !fn.deprecated && !fn.reached && !excepted(fn, "reached")),
    ),
    ...unusedExceptions(all),
  ];
}

function names(problem: string, functions: readonly FunctionCoverage[]): string[] {
  return functions.length === 0 ? [] : [`${functions.length} ${problem}: ${functions.map((fn) => fn.name).join(", ")}`];
}

function unusedExceptions(all: readonly FunctionCoverage[]): string[] {
  const unused = Object.entries(exceptions).filter(
    ([name, { signal }]) => all.find((fn) => fn.name === name)?.[signal] !== false,
  );
  return unused.length === 0 ? [] : [`unused exceptions: ${unused.map(([name]) => name).join(", ")}`];
}
