import type { ReasoningOption } from "../../../chat/respond-options.js";
import type { RunOptions } from "./run-options.js";

/** How the model is to think; undefined as it likes. */
export function thinkingOf({ think, thinkBudget }: RunOptions): ReasoningOption | undefined {
  return thinkBudget === undefined ? think : { budget: thinkBudget };
}

/** A service knows no budget. */
export function needsThisProcess({ thinkBudget }: RunOptions): boolean {
  return thinkBudget !== undefined;
}
