/** What a lane and its thread say to each other. */
import type { PlainError } from "../../engine/hosts/plain-error.js";
import type { Work } from "./work.js";

export interface ToThread {
  readonly work: Work;
  /** Milliseconds that it may take. */
  readonly longest: number;
}

export type FromThread =
  /** It has begun, and waits for work. */
  | { readonly type: "ready" }
  | { readonly type: "made"; readonly made: unknown }
  /** @property late whether the time was over, which may be why */
  | { readonly type: "failed"; readonly error: PlainError; readonly late: boolean };
