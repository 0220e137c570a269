import type { PlainError } from "../../engine/hosts/plain-error.js";
import type { QuantizationType } from "../../llama/index.js";

/** What the process that quantizes is told. */
export interface QuantizeOrder {
  readonly input: string;
  readonly output: string;
  readonly type: QuantizationType;
}

/** What it answers. */
export type QuantizeNews =
  | { readonly type: "progress"; readonly received: number; readonly total: number }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly error: PlainError };
