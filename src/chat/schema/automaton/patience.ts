/** Schemas and patterns come from strangers: what is made of one takes so long and no longer. */
import { TooComplexError } from "./too-complex.js";

/** Milliseconds; the largest of real schemas take a tenth of it. */
const LONGEST = 1000;

let until = Infinity;

/** Makes something within the time that there is; what is made inside of it has no more. */
export function inTime<Value>(make: () => Value): Value {
  if (until !== Infinity) return make();
  until = performance.now() + LONGEST;
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
