/**
 * Schemas, patterns, grammars, templates and conversations come from strangers: what is made of them takes so long and no
 * longer. This is the one clock of all that: whoever begins the work begins the time, and what works asks for it.
 */

/** Milliseconds; the largest of real schemas and the longest of real conversations take a tenth of it. */
export const LONGEST_MS = 3000;

let until = Infinity;

/** What would take too long, or would be too large. */
export class TooComplexError extends Error {
  constructor() {
    super("it is too complex");
  }
}

/** Makes something within the time that there is; what is made inside of it has no more. */
export function inTime<Value>(make: () => Value, longest = LONGEST_MS): Value {
  if (until !== Infinity) return make();
  until = performance.now() + longest;
  try {
    return make();
  } finally {
    until = Infinity;
  }
}

/** To be called in each round of what may take long. @throws {TooComplexError} where the time is over */
export function requireTime(): void {
  if (performance.now() > until) throw new TooComplexError();
}
